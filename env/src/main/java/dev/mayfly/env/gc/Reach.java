package dev.mayfly.env.gc;

import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.sync.References;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What can be reached from roots. A digest that is reached keeps the object and the payload that have it: a payload and its
 * blob share one. What is damaged ends the work, since nobody knows what it names.
 */
final class Reach {
    private final Repository repository;
    private final Set<Digest> reached = new HashSet<>();

    /** Those that were read as objects. One that is not there yet is looked at again when somebody names it again. */
    private final Set<Digest> followed = new HashSet<>();

    Reach(Repository repository) {
        this.repository = repository;
    }

    boolean has(Digest digest) {
        return reached.contains(digest);
    }

    int count() {
        return reached.size();
    }

    /** @param isNew told each digest that was not reached before */
    void follow(Collection<Digest> roots, Consumer<Digest> isNew) {
        Deque<Digest> next = new ArrayDeque<>(roots);
        while (!next.isEmpty()) {
            Digest digest = next.pop();
            reach(digest, isNew);
            if (!followed.contains(digest)) {
                repository.objects().find(digest).ifPresent(found -> {
                    followed.add(digest);
                    References names = References.of(ObjectCodec.decode(found).object());
                    names.payloads().keySet().forEach(each -> reach(each, isNew));
                    next.addAll(names.objects());
                });
            }
        }
    }

    /** For content that names nothing. */
    void reach(Digest digest, Consumer<Digest> isNew) {
        if (reached.add(digest)) {
            isNew.accept(digest);
        }
    }
}
