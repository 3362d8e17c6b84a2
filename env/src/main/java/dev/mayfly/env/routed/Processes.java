package dev.mayfly.env.routed;

import dev.mayfly.env.router.ProcessTable;

/** The processes of this machine, and which of them a question from the kernel comes from. */
public interface Processes extends ProcessTable {
    /** The process that a thread belongs to; Linux tells a FUSE server the number of the thread that asks. */
    default int processOf(int caller) {
        return caller;
    }
}
