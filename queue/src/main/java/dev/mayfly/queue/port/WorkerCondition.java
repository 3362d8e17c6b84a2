package dev.mayfly.queue.port;

/** Whether a worker takes jobs. */
public enum WorkerCondition {
    /** Takes as many as it has free slots. */
    FETCHING,
    /** Takes none: the state on disk or the ledger does not work. */
    STOPPED_STATE,
    /** Takes none: the queue cannot be reached. */
    DISCONNECTED,
    /** Takes none and ends when those at hand are done. */
    DRAINING
}
