package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Contents of files by their digests. */
public interface Payloads {
    Optional<Payload> find(Digest digest);

    /**
     * {@link #find} for somebody who looks for many in a row, by one thread: an adapter need not look anew for each whether
     * what they lie in together is still there.
     */
    default Function<Digest, Optional<Payload>> finder() {
        return this::find;
    }

    boolean has(Digest digest);

    /** Each once, in no order. */
    void each(Consumer<Digest> found);
}
