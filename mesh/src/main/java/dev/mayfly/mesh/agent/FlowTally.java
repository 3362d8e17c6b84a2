package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.exchange.AgentReport.Lengths;
import dev.mayfly.mesh.exchange.AgentReport.Row;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.VerdictCounts;
import dev.mayfly.mesh.probe.OutcomeSink;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Counts verdicts by flow and window until they are reported, and as long as they may change. Bounded in flows, because lists
 * are, and in rows. The endpoint's thread writes and the reporter reads: each method holds the lock for a moment.
 */
final class FlowTally implements OutcomeSink {
    private static final int MOST_ROWS = 100_000;

    private final IpAddress from;
    private final long windowNanos;
    private final long keepNanos;
    private final List<Known> flows = new ArrayList<>();
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final Deque<Freed> freed = new ArrayDeque<>();
    private final SequencedMap<RowKey, Map<Verdict, Integer>> rows = new LinkedHashMap<>();
    private final Set<RowKey> changed = new LinkedHashSet<>();
    private final Map<IpAddress, Lengths> lengths = new HashMap<>();
    private long dropped;

    private record Key(IpAddress to, int queuePair, int port) {}

    private record Known(Flow flow, int queuePair) {}

    private record Freed(int number, long at) {}

    private record RowKey(int flow, Known known, long start) {}

    /** What there is to tell. */
    record Told(List<Row> rows, List<Lengths> lengths, long dropped) {}

    /** @param keep for how long a verdict may change */
    FlowTally(IpAddress from, Duration window, Duration keep) {
        this.from = from;
        this.windowNanos = window.toNanos();
        this.keepNanos = keep.toNanos();
    }

    /** A small number for a flow; the same one while it is in use. */
    synchronized int number(IpAddress to, int queuePair, int port, long now) {
        return numbers.computeIfAbsent(new Key(to, queuePair, port), key -> {
            Known known = new Known(new Flow(from, to, port), queuePair);
            // Verdicts on the flow that had the number before may come for a while.
            if (!freed.isEmpty() && now - freed.getFirst().at() > 2 * keepNanos) {
                int number = freed.removeFirst().number();
                flows.set(number, known);
                return number;
            }
            flows.add(known);
            return flows.size() - 1;
        });
    }

    /** All other flows are not in use any more. */
    synchronized void retain(Set<Integer> used, long now) {
        numbers.values().removeIf(number -> {
            if (used.contains(number)) {
                return false;
            }
            freed.addLast(new Freed(number, now));
            return true;
        });
    }

    @Override
    public synchronized void settled(ProbeOutcome outcome) {
        RowKey key = key(outcome.target(), outcome.startedNanos());
        rows.computeIfAbsent(key, _ -> new EnumMap<>(Verdict.class)).merge(outcome.verdict(), 1, Integer::sum);
        changed.add(key);
        measure(outcome);
        if (rows.size() > MOST_ROWS) {
            RowKey oldest = rows.pollFirstEntry().getKey();
            dropped += changed.remove(oldest) ? 1 : 0;
        }
    }

    @Override
    public synchronized void revised(ProbeOutcome before, ProbeOutcome now) {
        RowKey key = key(before.target(), before.startedNanos());
        Map<Verdict, Integer> counts = rows.get(key);
        if (counts != null && counts.getOrDefault(before.verdict(), 0) > 0) {
            counts.merge(before.verdict(), -1, Integer::sum);
            counts.merge(now.verdict(), 1, Integer::sum);
            changed.add(key);
            measure(now);
        }
    }

    @Override
    public synchronized void forgotten(int target, long startedNanos) {
        dropped++;
    }

    private void measure(ProbeOutcome outcome) {
        outcome.timing().ifPresent(timing -> {
            IpAddress to = flows.get(outcome.target()).flow().to();
            Lengths each =
                    lengths.computeIfAbsent(to, _ -> new Lengths(from, to, new Sketch(), new Sketch(), new Sketch()));
            each.network().add(timing.networkNanos());
            each.responder().add(timing.responderNanos());
            each.prober().add(timing.proberNanos());
        });
    }

    private RowKey key(int flow, long started) {
        return new RowKey(flow, flows.get(flow), Math.floorDiv(started, windowNanos) * windowNanos);
    }

    /** What changed since the last time. */
    synchronized Told drain(long now) {
        List<Row> told = new ArrayList<>(changed.size());
        for (RowKey key : changed) {
            Map<Verdict, Integer> counts = rows.get(key);
            if (counts != null) {
                told.add(new Row(key.known().flow(), key.known().queuePair(), key.start(), new VerdictCounts(counts)));
            }
        }
        changed.clear();
        List<Lengths> measured = List.copyOf(lengths.values());
        lengths.clear();
        while (!rows.isEmpty() && now - rows.firstEntry().getKey().start() > 2 * keepNanos) {
            rows.pollFirstEntry();
        }
        return new Told(told, measured, dropped);
    }
}
