package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import java.util.Optional;
import java.util.function.Consumer;

/** Objects by their digests. What is found was checked: its bytes have this digest. */
public interface Objects {
    Optional<Encoded> find(Digest digest);

    boolean has(Digest digest);

    /** Each once, in no order; objects that come or go meanwhile may be missed. */
    void each(Consumer<Digest> found);
}
