package dev.mayfly.app.metrics;

import java.util.Locale;

/** What the worker of a queue does in this moment. */
public enum WorkerState {
    /** Takes jobs as its slots get free. */
    FETCHING(true),
    /** Was told to stop: takes no more jobs, ends those that it has. */
    DRAINING(false),
    /** Takes no jobs, because disk, ledger or sandbox do not work. */
    STOPPED(false),
    /** Has lost the queue's server and tries to reach it. */
    DISCONNECTED(false);

    private final boolean healthy;

    WorkerState(boolean healthy) {
        this.healthy = healthy;
    }

    /** Whether it takes jobs. */
    public boolean healthy() {
        return healthy;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
