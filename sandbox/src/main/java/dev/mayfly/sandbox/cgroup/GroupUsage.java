package dev.mayfly.sandbox.cgroup;

/** What a run used since {@link SlotGroup#begin}; -1 where this machine cannot tell. */
public record GroupUsage(
        long cpuNanos,
        long peakMemoryBytes,
        long peakPids,
        long readBytes,
        long writtenBytes,
        long oomKills,
        long pidsRefused) {
    /** Nothing is known. */
    public static final GroupUsage UNKNOWN = new GroupUsage(-1, -1, -1, -1, -1, -1, -1);
}
