package dev.mayfly.fleet.service;

import dev.mayfly.fleet.server.StartTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** How long the latest starts have taken, by phase. Safe for concurrent use. */
public final class StartHistory implements FleetEvents {
    private static final int KEPT = 10_000;

    /** @param count how many starts this is about */
    public record Phase(String name, int count, Duration p50, Duration p95, Duration p99, Duration most) {}

    private final StartTimes[] latest = new StartTimes[KEPT];
    private long count;

    @Override
    public synchronized void started(StartTimes times) {
        latest[(int) (count++ % KEPT)] = times;
    }

    private synchronized List<StartTimes> all() {
        return List.copyOf(Arrays.asList(latest).subList(0, (int) Math.min(count, KEPT)));
    }

    /** None before the first start. */
    public List<Phase> phases() {
        List<StartTimes> starts = all();
        List<Phase> phases = new ArrayList<>();
        if (!starts.isEmpty()) {
            phases.add(phase("placed", starts, StartTimes::placed));
            phases.add(phase("clone", starts, StartTimes::cloned));
            phases.add(phase("boot_to_ssh", starts, StartTimes::booted));
            phases.add(phase("total", starts, StartTimes::total));
        }
        return phases;
    }

    private static Phase phase(String name, List<StartTimes> starts, Function<StartTimes, Duration> part) {
        List<Duration> sorted = starts.stream().map(part).sorted().toList();
        return new Phase(name, sorted.size(), at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99), sorted.getLast());
    }

    /** The least of which at least this share is not longer. */
    private static Duration at(List<Duration> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
