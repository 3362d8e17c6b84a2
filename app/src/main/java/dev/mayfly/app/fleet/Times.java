package dev.mayfly.app.fleet;

import java.util.Locale;

/** Times as people read them. */
final class Times {
    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;

    private Times() {}

    /** For example {@code 340 µs}, {@code 12.5 ms}, {@code 2.3 s}. */
    static String text(long micros) {
        if (micros < MILLI) {
            return micros + " µs";
        }
        return micros < SECOND
                ? String.format(Locale.ROOT, micros < 100 * MILLI ? "%.1f ms" : "%.0f ms", micros / (double) MILLI)
                : String.format(Locale.ROOT, "%.2f s", micros / (double) SECOND);
    }
}
