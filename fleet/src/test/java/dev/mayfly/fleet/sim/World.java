package dev.mayfly.fleet.sim;

import dev.mayfly.base.time.Ticker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Time, chance, and what is to happen next. */
final class World implements Ticker {
    private record Event(long at, long order, Runnable what) {}

    private static final long MILLI = 1_000_000;

    final RandomGenerator random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private long now;
    private long order;
    private long clockError;

    /** Probability of a fault wherever one can happen. 0 when the faults are over. */
    double faults;

    World(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        now = random.nextLong(1L << 40); // a ticker has no zero
    }

    @Override
    public long nanos() {
        return now;
    }

    void after(long millis, Runnable what) {
        events.add(new Event(now + millis * MILLI, order++, what));
    }

    void soon(int least, int most, Runnable what) {
        after(random.nextInt(least, most + 1), what);
    }

    boolean fault(double share) {
        return faults > 0 && random.nextDouble() < faults * share;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Lets so much time pass. */
    void run(long millis) {
        long end = now + millis * MILLI;
        while (!events.isEmpty() && events.peek().at() - end <= 0) {
            Event event = events.poll();
            now = event.at();
            event.what().run();
        }
        now = end;
    }

    void stepClock() {
        clockError = random.nextLong(-7_200_000, 7_200_000);
    }

    /** The wall clock, which jumps. */
    Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(1_800_000_000_000L + clockError);
            }
        };
    }

    /** The death of a process, thrown where it dies. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
