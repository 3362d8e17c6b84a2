package dev.mayfly.sandbox.api;

import dev.mayfly.base.error.ExitCode;

/** The grade of a run, from harmless to quarantined; the order is the order of severity. */
public enum Verdict {
    GREEN("green", ExitCode.GREEN),
    YELLOW("yellow", ExitCode.YELLOW),
    RED("red", ExitCode.RED);

    private final String word;
    private final ExitCode exitCode;

    Verdict(String word, ExitCode exitCode) {
        this.word = word;
        this.exitCode = exitCode;
    }

    /** As it is written in results. */
    public String word() {
        return word;
    }

    /** @throws IllegalArgumentException when there is no such word */
    public static Verdict of(String word) {
        for (Verdict verdict : values()) {
            if (verdict.word().equals(word)) {
                return verdict;
            }
        }
        throw new IllegalArgumentException("no verdict is called '" + word + "'");
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** The more severe of the two. */
    public Verdict atLeast(Verdict floor) {
        return compareTo(floor) >= 0 ? this : floor;
    }
}
