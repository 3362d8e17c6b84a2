package dev.mayfly.env.runtime;

import java.util.Optional;

/** How a command in a runtime came to its end. */
public sealed interface Ending {
    /**
     * @param status as a shell counts: the exit code, or 128 and the signal
     * @param memory what the changes took at that moment, when they are in memory
     */
    record Exited(int status, Optional<MemoryUse> memory) implements Ending {}

    /** The keeper was killed, so that nobody knows; a sweep clears away what it left. */
    record Lost() implements Ending {}

    /**
     * @param used bytes
     * @param limit bytes
     * @param full whether no byte or no inode was left: a process that wrote then got ENOSPC
     */
    record MemoryUse(long used, long limit, boolean full) {}
}
