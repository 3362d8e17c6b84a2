package dev.mayfly.mesh.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The table against a model that has all events of a probe at once and looks at them as a set. Order, timing, loss, copies
 * and strangers are random. {@code -Dmayfly.probes=100000} for many rounds, {@code -Dmayfly.probes.seed=N} for one again.
 */
class ProbeTableModelTest {
    private static final int ROUNDS = Integer.getInteger("mayfly.probes", 300);
    private static final long SEED = Long.getLong("mayfly.probes.seed", new Random().nextLong());
    private static final int PROBES = 40;
    private static final long KEEP = 2_000;
    /** Fixed, so that the model need not follow the estimate. */
    private static final AdaptiveTimeout.Bounds BOUNDS =
            new AdaptiveTimeout.Bounds(Duration.ofNanos(500), Duration.ofNanos(500));

    private enum What {
        SENT,
        FAILED,
        ACK1,
        ACK2,
        DAMAGED
    }

    private record Event(long at, int probe, What what, long local, long t3, long t4) {}

    @Test
    void every_probe_ends_with_the_verdict_that_the_set_of_its_events_asks_for() {
        Map<Verdict, Integer> seen = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            play(new Random(SEED + round), "round " + round + " of seed " + SEED, seen);
        }
        assertThat(seen).containsOnlyKeys(Verdict.values());
    }

    private static void play(Random random, String which, Map<Verdict, Integer> seen) {
        long[] starts = new long[PROBES];
        List<Event> events = new ArrayList<>();
        long now = 1_000_000;
        for (int i = 0; i < PROBES; i++) {
            now += random.nextInt(60);
            starts[i] = now;
            events(random, i, now, events);
        }
        Collections.shuffle(events, random);
        events.sort(Comparator.comparingLong(Event::at));

        Told told = new Told();
        ProbeTable table = new ProbeTable(random.nextInt(1000), 64, BOUNDS, Duration.ofNanos(KEEP), told);
        long[] numbers = new long[PROBES];
        int begun = 0;
        for (Event event : events) {
            while (begun < PROBES && starts[begun] <= event.at()) {
                numbers[begun] = table.begin(begun % 3, starts[begun]).bits();
                begun++;
            }
            table.expire(event.at());
            apply(table, numbers[event.probe()], event);
        }
        table.expire(now + 10 * KEEP);
        assertThat(told.forgotten).as(which).isZero();
        assertThat(told.settled).as(which).hasSize(PROBES);
        for (int i = 0; i < PROBES; i++) {
            ProbeOutcome outcome = told.last.get(new ProbeNumber(numbers[i]));
            Verdict expected = model(i, starts[i], events);
            assertThat(outcome.verdict())
                    .as("probe %d of %s: %s", i, which, eventsOf(i, events))
                    .isEqualTo(expected);
            assertThat(outcome.startedNanos()).isEqualTo(starts[i]);
            seen.merge(expected, 1, Integer::sum);
        }
    }

    private static void events(Random random, int probe, long start, List<Event> events) {
        long away = random.nextInt(4) == 0 ? random.nextInt(1800) : random.nextInt(100);
        long t2 = 9_000_000 + start + random.nextInt(5);
        long t5 = t2 + away + (random.nextInt(20) == 0 ? -5_000 : 0);
        long t3 = 100 + random.nextInt(1000);
        long t4 = t3 + random.nextLong(away + 1);
        long back = start + away + random.nextInt(40);
        if (random.nextInt(10) != 0) {
            add(random, events, new Event(start + random.nextInt(300), probe, What.SENT, t2, 0, 0));
        }
        if (random.nextInt(30) == 0) {
            add(random, events, new Event(start, probe, What.FAILED, 0, 0, 0));
        }
        if (random.nextInt(4) != 0) {
            add(random, events, new Event(back, probe, What.ACK1, t5, t3, 0));
        }
        if (random.nextInt(4) != 0) {
            long other = random.nextInt(15) == 0 ? 1 : 0;
            add(random, events, new Event(back + random.nextInt(20), probe, What.ACK2, 0, t3 + other, t4 + other));
        }
        if (random.nextInt(8) == 0) {
            add(random, events, new Event(start + random.nextInt(900), probe, What.DAMAGED, 0, 0, 0));
        }
    }

    private static void add(Random random, List<Event> events, Event event) {
        events.add(event);
        if (random.nextInt(6) == 0) {
            events.add(new Event(
                    event.at() + random.nextInt(3000),
                    event.probe(),
                    event.what(),
                    event.local(),
                    event.t3(),
                    event.t4()));
        }
    }

    private static void apply(ProbeTable table, long number, Event event) {
        switch (event.what()) {
            case SENT -> table.sent(number, event.local());
            case FAILED -> table.sendFailed(number);
            case ACK1 -> table.firstAnswer(number, event.t3(), event.local());
            case ACK2 -> table.secondAnswer(number, event.t3(), event.t4(), event.at());
            case DAMAGED -> table.damagedAnswer(number);
        }
    }

    private static List<Event> eventsOf(int probe, List<Event> events) {
        return events.stream().filter(event -> event.probe() == probe).toList();
    }

    /** All that happened while the probe was kept, as one set. */
    private static Verdict model(int probe, long start, List<Event> events) {
        Map<What, Event> first = new HashMap<>();
        List<Event> inOrder = eventsOf(probe, events);
        boolean failedBeforeComplete = false;
        for (Event event : inOrder) {
            if (event.at() < start + KEEP) {
                first.putIfAbsent(event.what(), event);
                boolean complete =
                        first.containsKey(What.SENT) && first.containsKey(What.ACK1) && first.containsKey(What.ACK2);
                failedBeforeComplete |= event.what() == What.FAILED && !complete;
                if (failedBeforeComplete) {
                    return Verdict.SEND_ERROR;
                }
            }
        }
        Event sent = first.get(What.SENT);
        Event ack1 = first.get(What.ACK1);
        Event ack2 = first.get(What.ACK2);
        if (ack1 != null && ack2 != null) {
            if (sent == null || ack1.t3() != ack2.t3()) {
                return Verdict.INVALID;
            }
            long away = ack1.local() - sent.local();
            long responder = ack2.t4() - ack2.t3();
            long all = ack2.at() - start;
            if (responder < 0 || away < responder || all < away) {
                return Verdict.INVALID;
            }
            return away <= 500 ? Verdict.OK : Verdict.LATE;
        }
        if (ack1 != null) {
            return Verdict.ACK1_ONLY;
        }
        if (first.containsKey(What.DAMAGED)) {
            return Verdict.CORRUPT;
        }
        return ack2 != null || sent != null ? Verdict.LOST : Verdict.SEND_ERROR;
    }
}
