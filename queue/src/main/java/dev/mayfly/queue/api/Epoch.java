package dev.mayfly.queue.api;

import java.util.Objects;

/**
 * One life of a worker process.
 *
 * @param id unique; never used again
 * @param home id of the home folder that the worker locks while it lives: a worker that holds the lock knows that every
 *     other epoch of its home is over
 * @param process names the process for those who can look whether it still lives; only {@link
 *     dev.mayfly.queue.port.Obituary} reads it
 */
public record Epoch(String id, String home, String process) {
    public Epoch {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(home, "home");
        Objects.requireNonNull(process, "process");
    }
}
