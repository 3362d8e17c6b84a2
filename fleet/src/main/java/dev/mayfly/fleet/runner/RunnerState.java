package dev.mayfly.fleet.runner;

import java.util.Locale;

/** Where a runner is in its one life. What may follow what is in {@link Steps}. */
public enum RunnerState {
    /** A place was found for it; its disk is being cloned. */
    CREATING,
    /** The machine was started. */
    BOOTING,
    /** Somebody has logged in over SSH. The script waits for the server's leave. */
    SSH_READY,
    /** The script has been started, or may have been: it is never started a second time. */
    RUNNING,
    /** Being destroyed. */
    TEARING_DOWN,
    /** Proof that nothing of it is left. */
    GONE,
    /** Something failed. It is destroyed and reported, never repaired. */
    ERROR;

    /** Whether the script may have begun, so that the runner can never be placed anew. */
    public boolean mayHaveWorked() {
        return switch (this) {
            case RUNNING -> true;
            case CREATING, BOOTING, SSH_READY, TEARING_DOWN, GONE, ERROR -> false;
        };
    }

    /** Whether it takes room on its host. An unfinished destruction still does. */
    public boolean takesRoom() {
        return this != GONE;
    }

    /** As people and {@code runner-state.json} have it, for example {@code ssh-ready}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
