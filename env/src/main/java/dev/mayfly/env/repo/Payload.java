package dev.mayfly.env.repo;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The content of one file. */
public interface Payload {
    /** Bytes. */
    long size();

    /** From its beginning. What is read is not checked against the digest; see {@code CheckedStream}. */
    InputStream open() throws IOException;

    /** Where it lies on this machine; empty when it is elsewhere or not in one piece. */
    Optional<FileRange> range();
}
