package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.wire.Route;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When to probe what. Each target has its own rhythm, begun at a random moment and shaken by a fifth each time, so that hosts
 * that start together do not probe together. What could not be sent in time is left out and not made up for.
 */
final class Schedule {
    private static final double SHAKEN = 0.2;

    private final RandomGenerator random;
    private final PriorityQueue<Rhythm> due = new PriorityQueue<>(Comparator.comparingLong(rhythm -> rhythm.next));
    private double pace = 1;

    /** What to send now. */
    record Due(int flow, Route route) {}

    /** A target: its flows in turn. */
    record Item(List<Due> flows, double perSecond) {
        Item {
            flows = List.copyOf(flows);
        }
    }

    private static final class Rhythm {
        private final Item item;
        private int turn;
        private long next;

        private Rhythm(Item item) {
            this.item = item;
        }
    }

    Schedule(RandomGenerator random) {
        this.random = random;
    }

    void use(List<Item> items, long now) {
        due.clear();
        for (Item item : items) {
            Rhythm rhythm = new Rhythm(item);
            rhythm.turn = random.nextInt(item.flows().size());
            rhythm.next = now + (long) (random.nextDouble() * interval(item));
            due.add(rhythm);
        }
    }

    /** @param share of the asked rates, above 0 */
    void pace(double share) {
        pace = share;
    }

    private double interval(Item item) {
        return 1e9 / (item.perSecond() * pace);
    }

    long nextNanos() {
        Rhythm first = due.peek();
        return first == null ? Long.MAX_VALUE : first.next;
    }

    /** What is due; null when nothing is. */
    @Nullable
    Due next(long now) {
        return next(now, 0);
    }

    /** What is due by then; what comes after it does not come sooner for that. */
    @Nullable
    Due next(long now, long ahead) {
        Rhythm first = due.peek();
        if (first == null || first.next - now > ahead) {
            return null;
        }
        due.remove();
        double wait = interval(first.item) * (1 - SHAKEN / 2 + SHAKEN * random.nextDouble());
        first.next = Math.max(first.next + (long) wait, now);
        first.turn = (first.turn + 1) % first.item.flows().size();
        due.add(first);
        return first.item.flows().get(first.turn);
    }
}
