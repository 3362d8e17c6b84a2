package dev.mayfly.testkit;

import dev.mayfly.base.time.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** Time that moves only when it is told to: a wall clock and a ticker that go together. Safe for concurrent use. */
public final class FakeTime implements Ticker {
    private final Instant start;
    private final AtomicLong passed = new AtomicLong();

    public FakeTime(Instant start) {
        this.start = start;
    }

    /** Begins at a round instant, so that expected texts are easy to write. */
    public static FakeTime standing() {
        return new FakeTime(Instant.parse("2026-01-02T03:04:05Z"));
    }

    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time does not run backwards: " + time);
        }
        passed.addAndGet(time.toNanos());
    }

    @Override
    public long nanos() {
        return passed.get();
    }

    public Clock clock() {
        return new WallClock(ZoneOffset.UTC);
    }

    private final class WallClock extends Clock {
        private final ZoneId zone;

        WallClock(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new WallClock(other);
        }

        @Override
        public Instant instant() {
            return start.plusNanos(passed.get());
        }
    }
}
