package dev.mayfly.app.metrics;

import java.util.Locale;

/** What a run came to. */
public enum RunEnding {
    GREEN,
    YELLOW,
    RED,
    /** No verdict: malformed, refused, or broken ourselves. */
    FAILED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
