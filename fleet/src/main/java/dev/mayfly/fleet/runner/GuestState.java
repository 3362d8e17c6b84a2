package dev.mayfly.fleet.runner;

import java.util.Locale;
import java.util.Set;

/** What the program inside the machine that takes the job is doing, as far as the guest tells. */
public enum GuestState {
    /** Not there yet, or not there any more. */
    OFFLINE,
    /** Waits for a job. */
    IDLE,
    /** Has a job and gets it ready. */
    PREPARING,
    /** Works. */
    RUNNING,
    /** Has done its one job. */
    FINISHED;

    /** What may come directly after it. A guest can vanish at any time; what has finished never takes another job. */
    public Set<GuestState> after() {
        return switch (this) {
            case OFFLINE -> Set.of(IDLE);
            case IDLE -> Set.of(PREPARING, RUNNING, OFFLINE);
            case PREPARING -> Set.of(RUNNING, FINISHED, OFFLINE);
            case RUNNING -> Set.of(FINISHED, OFFLINE);
            case FINISHED -> Set.of(OFFLINE);
        };
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
