package dev.mayfly.queue.api;

import java.time.Duration;
import java.util.Objects;

/**
 * A request that was read and named.
 *
 * @param repeatable whether it may run again after its worker died: it leaves no trace outside its box
 * @param longest the longest that one run may take, as the sandbox enforces it
 * @param summary the beginning of the command, for people
 */
public record Prepared(JobId id, boolean repeatable, Duration longest, String summary) {
    public Prepared {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(summary, "summary");
    }
}
