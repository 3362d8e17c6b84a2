package dev.mayfly.env.runtime;

import java.util.Optional;

/**
 * One runtime as it is now.
 *
 * @param keeper of the one that runs; empty for a durable one that does not
 */
public record RuntimeInfo(RuntimeRecord record, State state, Optional<Keeper> keeper) {
    public enum State {
        RUNNING,
        /** Durable, and can be run again. */
        STOPPED,
        /** Its keeper was killed, or the machine was; a sweep clears it away. */
        LEFT_BEHIND
    }
}
