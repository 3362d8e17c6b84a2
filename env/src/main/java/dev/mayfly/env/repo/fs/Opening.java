package dev.mayfly.env.repo.fs;

import dev.mayfly.base.id.IdSource;
import java.time.Clock;
import java.util.Optional;

/**
 * How a repository is opened.
 *
 * @param namespace of its tags; empty for the tags that have none
 */
public record Opening(Optional<String> namespace, Clock clock, IdSource ids, Steps steps) {
    public static Opening usual() {
        return new Opening(Optional.empty(), Clock.systemUTC(), IdSource.random(), Steps.NONE);
    }

    public Opening in(String other) {
        return new Opening(Optional.of(other), clock, ids, steps);
    }

    public Opening with(Steps other) {
        return new Opening(namespace, clock, ids, other);
    }

    public Opening with(Clock other) {
        return new Opening(namespace, other, ids, steps);
    }
}
