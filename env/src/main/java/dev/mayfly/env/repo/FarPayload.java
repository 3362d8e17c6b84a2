package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A payload that lies on another machine. What is read of it fails at its end when it has another digest.
 *
 * @param content opens it from its beginning, as it comes
 */
public record FarPayload(Digest digest, long size, Supplier<InputStream> content) implements Payload {
    public FarPayload {
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(content, "content");
    }

    @Override
    public InputStream open() {
        return new CheckedStream(content.get(), digest);
    }

    @Override
    public Optional<FileRange> range() {
        return Optional.empty();
    }
}
