package dev.mayfly.queue.port;

/** Whether a worker takes jobs. */
public enum WorkerCondition {
    /** Takes as many as it has free slots. */
    FETCHING,
    /** Takes none: the disk, the ledger or the sandbox does not work. */
    STOPPED,
    /** Takes none: the queue cannot be reached. */
    DISCONNECTED,
    /** Takes none and ends when those at hand are done. */
    DRAINING
}
