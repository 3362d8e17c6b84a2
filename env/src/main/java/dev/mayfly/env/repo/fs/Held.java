package dev.mayfly.env.repo.fs;

import java.io.IOException;

/** A lock that is held until this is closed. */
public interface Held extends AutoCloseable {
    @Override
    void close() throws IOException;
}
