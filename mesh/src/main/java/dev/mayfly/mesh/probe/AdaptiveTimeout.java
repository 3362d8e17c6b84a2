package dev.mayfly.mesh.probe;

import java.time.Duration;

/**
 * How long a probe of one target may be away before it is called lost: what probes took so far plus four times how much
 * that varied (RFC 6298), within bounds. A late answer counts as well, so a target that gets slow is given more time.
 */
public final class AdaptiveTimeout {
    private static final double WEIGHT_OF_NEW = 1.0 / 8;
    private static final double WEIGHT_OF_NEW_VARIATION = 1.0 / 4;
    private static final int VARIATIONS = 4;

    private final Bounds bounds;
    private double smoothed;
    private double variation;
    private boolean measured;

    /** @param most what a target gets of which nothing is known, and what none gets more of */
    public record Bounds(Duration least, Duration most) {
        /** 50 ms is far above what a network takes and above most pauses of a host; 500 ms is what R-Pingmesh waits. */
        public static final Bounds USUAL = new Bounds(Duration.ofMillis(50), Duration.ofMillis(500));

        public Bounds {
            if (least.isNegative() || least.compareTo(most) > 0) {
                throw new IllegalArgumentException("a timeout between " + least + " and " + most);
            }
        }
    }

    public AdaptiveTimeout(Bounds bounds) {
        this.bounds = bounds;
    }

    /** @param awayNanos from T2 to T5 */
    public void answered(long awayNanos) {
        if (!measured) {
            measured = true;
            smoothed = awayNanos;
            variation = awayNanos / 2.0;
            return;
        }
        variation += WEIGHT_OF_NEW_VARIATION * (Math.abs(smoothed - awayNanos) - variation);
        smoothed += WEIGHT_OF_NEW * (awayNanos - smoothed);
    }

    public long nanos() {
        long most = bounds.most().toNanos();
        if (!measured) {
            return most;
        }
        return Math.clamp(
                (long) (smoothed + VARIATIONS * variation), bounds.least().toNanos(), most);
    }
}
