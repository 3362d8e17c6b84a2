package dev.mayfly.queue.api;

import java.time.Duration;
import java.util.Objects;

/**
 * A request that was read and named.
 *
 * @param repeatable whether it may run again after its worker died: it leaves no trace outside its box
 * @param longest the longest time from the call of {@code JobRunner.run} until nothing of the job runs any more, however
 *     the worker fares: waiting for a slot and building the box count, not only the job's own limit. Another worker takes
 *     a job over when its owner has not been heard of for this long and a lease; a value that is too short lets two run
 *     at once
 * @param summary the beginning of the command, for people
 */
public record Prepared(JobId id, boolean repeatable, Duration longest, String summary) {
    public Prepared {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(summary, "summary");
    }
}
