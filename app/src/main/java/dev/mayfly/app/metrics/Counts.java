package dev.mayfly.app.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * All counts as they stood when they were asked for. Each is exact; two of them may be a few events apart.
 *
 * @param runs how many runs came to what; every ending has an entry
 * @param jobs the same for jobs of the queue
 * @param state empty in a process that is no worker
 */
record Counts(
        Map<RunEnding, Long> runs,
        Map<JobEnding, Long> jobs,
        long duplicates,
        long redeliveries,
        long deadLettered,
        int inFlight,
        int slots,
        Optional<WorkerState> state) {
    Counts {
        // In the order of the endings, which is the order in which people read them.
        runs = java.util.Collections.unmodifiableMap(new EnumMap<>(runs));
        jobs = java.util.Collections.unmodifiableMap(new EnumMap<>(jobs));
    }

    long of(RunEnding ending) {
        return runs.getOrDefault(ending, 0L);
    }

    long allRuns() {
        return sum(runs);
    }

    long allJobs() {
        return sum(jobs);
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
