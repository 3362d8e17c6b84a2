package dev.mayfly.app.metrics;

import java.util.Locale;

/** What a job of the queue came to; each job has one of these, once. */
public enum JobEnding {
    GREEN("greens"),
    YELLOW("yellows"),
    RED("reds"),
    /** A result without a verdict: malformed, refused, or broken ourselves. */
    FAILED("failed"),
    /** It may have had an effect and its worker died, so it is not run again. */
    INDETERMINATE("indeterminate"),
    CANCELLED("cancelled");

    private final String plural;

    JobEnding(String plural) {
        this.plural = plural;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** For a count of them. */
    String plural() {
        return plural;
    }
}
