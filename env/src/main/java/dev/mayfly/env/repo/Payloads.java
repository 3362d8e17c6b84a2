package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import java.util.Optional;
import java.util.function.Consumer;

/** Contents of files by their digests. */
public interface Payloads {
    Optional<Payload> find(Digest digest);

    boolean has(Digest digest);

    /** Each once, in no order. */
    void each(Consumer<Digest> found);
}
