package dev.mayfly.base.error;

/** Whether the same call may succeed when it is made again. */
public enum Retry {
    /** The input must change first. */
    NEVER,
    /** At once, against the same peer. */
    NOW,
    /** Later, with backoff, or after an operator has acted. */
    AFTER
}
