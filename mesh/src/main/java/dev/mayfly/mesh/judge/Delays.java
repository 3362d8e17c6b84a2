package dev.mayfly.mesh.judge;

import dev.mayfly.mesh.exchange.AgentReport.Lengths;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.wire.IpAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long probes waited within hosts, by card. Timeouts follow their targets, so after a while a busy host is late no more;
 * but its part of the time still says so. Bounded by cards and by the time that is looked at.
 */
final class Delays {
    /** As the shortest timeout: far above what a host that has nothing else to do takes. */
    private static final long SLOW_NANOS = Duration.ofMillis(50).toNanos();

    static final Duration LOOK = Duration.ofSeconds(3);

    private final Map<IpAddress, Deque<Entry>> cards = new HashMap<>();

    private record Entry(long at, long probes, long slow) {}

    /** What was seen of some cards lately. */
    record Seen(long probes, long slow, long lastSlow) {
        Seen plus(Seen other) {
            return new Seen(probes + other.probes, slow + other.slow, Math.max(lastSlow, other.lastSlow));
        }
    }

    void add(Lengths lengths, long now) {
        add(lengths.to(), lengths.responder(), now);
        add(lengths.from(), lengths.prober(), now);
    }

    private void add(IpAddress card, Sketch within, long now) {
        if (within.count() > 0) {
            Deque<Entry> entries = cards.computeIfAbsent(card, _ -> new ArrayDeque<>());
            entries.addLast(new Entry(now, within.count(), within.count() - within.countUpTo(SLOW_NANOS)));
            forget(entries, now);
        }
    }

    private static void forget(Deque<Entry> entries, long now) {
        while (!entries.isEmpty() && now - entries.getFirst().at() > LOOK.toNanos()) {
            entries.removeFirst();
        }
    }

    Seen of(List<IpAddress> ofHost, long now) {
        Seen seen = new Seen(0, 0, Long.MIN_VALUE);
        for (IpAddress card : ofHost) {
            Deque<Entry> entries = Optional.ofNullable(cards.get(card)).orElseGet(ArrayDeque::new);
            forget(entries, now);
            for (Entry each : entries) {
                seen = seen.plus(new Seen(each.probes(), each.slow(), each.slow() > 0 ? each.at() : Long.MIN_VALUE));
            }
        }
        return seen;
    }

    void retain(List<IpAddress> known) {
        cards.keySet().retainAll(known);
    }
}
