package dev.mayfly.queue.api;

import java.util.Locale;

/** Where a job stands. */
public enum JobState {
    /** Waits for a worker; also between two attempts. */
    QUEUED,
    /** Claimed by one epoch. */
    RUNNING,
    /** Answered with a verdict or a refusal. */
    DONE,
    /** Given up: too many attempts. Can be queued again by hand. */
    DEAD,
    /** Somebody asked for it not to run. Can be submitted again. */
    CANCELLED,
    /** Had effects outside its box, and its worker died before the end was known. Never run again by itself. */
    INDETERMINATE;

    /** Whether the job has its answer. */
    public boolean isFinal() {
        return this != QUEUED && this != RUNNING;
    }

    /** Whether somebody may ask for another round; what is {@link #DONE} stays done. */
    public boolean canReopen() {
        return isFinal() && this != DONE;
    }

    /** Whether its message is kept as a dead letter. */
    public boolean leavesLetter() {
        return this == DEAD || this == INDETERMINATE;
    }

    /** As it is printed and stored. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when there is no such word */
    public static JobState of(String word) {
        for (JobState state : values()) {
            if (state.word().equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException("no state of a job is called '" + word + "'");
    }
}
