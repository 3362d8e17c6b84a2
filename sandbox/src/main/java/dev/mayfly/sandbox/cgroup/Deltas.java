package dev.mayfly.sandbox.cgroup;

/** Differences of counters of which either reading may be unknown (-1). */
final class Deltas {
    private Deltas() {}

    static long of(long now, long before) {
        return now < 0 || before < 0 ? -1 : Math.max(0, now - before);
    }
}
