package dev.mayfly.base.time;

import java.time.Duration;
import java.util.Objects;

/** A point on a ticker by which something must be done. Passed down instead of a timeout, so that steps share it. */
public final class Deadline {
    private final Ticker ticker;
    private final long at;

    private Deadline(Ticker ticker, long at) {
        this.ticker = ticker;
        this.at = at;
    }

    public static Deadline in(Duration time, Ticker ticker) {
        return new Deadline(Objects.requireNonNull(ticker, "ticker"), ticker.nanos() + time.toNanos());
    }

    /** What is left, zero once it has passed. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, at - ticker.nanos()));
    }

    public boolean passed() {
        // A difference and not a comparison, because a ticker may wrap around.
        return at - ticker.nanos() <= 0;
    }
}
