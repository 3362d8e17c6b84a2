package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.DigestPrefix;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Objects by their digests. What is found was checked: its bytes have this digest. */
public interface Objects {
    Optional<Encoded> find(Digest digest);

    boolean has(Digest digest);

    /** Each once, in no order; objects that come or go meanwhile may be missed. */
    void each(Consumer<Digest> found);

    /** Digests that begin so, sorted, at most so many. Looks at all of them unless an adapter knows better. */
    default List<Digest> beginning(DigestPrefix prefix, int most) {
        TreeSet<Digest> fit = new TreeSet<>();
        each(digest -> {
            if (prefix.fits(digest)) {
                fit.add(digest);
                if (fit.size() > most) {
                    fit.pollLast();
                }
            }
        });
        return List.copyOf(fit);
    }
}
