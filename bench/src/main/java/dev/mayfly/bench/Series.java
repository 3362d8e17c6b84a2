package dev.mayfly.bench;

import org.HdrHistogram.Histogram;

/** The times that one contender took. */
final class Series {
    private static final double NANOS_PER_MILLI = 1e6;
    /** 0.1 % of each value. */
    private static final int DIGITS = 3;

    private final String id;
    private final String name;
    private final Histogram nanos = new Histogram(DIGITS);

    Series(String id, String name) {
        this.id = id;
        this.name = name;
    }

    void record(long elapsedNanos) {
        nanos.recordValue(Math.max(1, elapsedNanos));
    }

    /** Takes over all of another's times. */
    void add(Series other) {
        nanos.add(other.nanos);
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    long count() {
        return nanos.getTotalCount();
    }

    double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    double p50() {
        return millis(50);
    }

    double max() {
        return nanos.getMaxValue() / NANOS_PER_MILLI;
    }

    double min() {
        return count() == 0 ? 0 : nanos.getMinValue() / NANOS_PER_MILLI;
    }

    /** How often it goes in a second, one after the other. */
    double perSecond() {
        return count() == 0 ? 0 : 1000 / (nanos.getMean() / NANOS_PER_MILLI);
    }
}
