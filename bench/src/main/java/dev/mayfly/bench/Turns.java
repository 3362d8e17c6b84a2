package dev.mayfly.bench;

import dev.mayfly.platform.linux.ProcessorTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Like {@link Interleaved} for what has to be prepared before each time, and cleared away after it, which does not count. Each
 * has one uncounted time first.
 */
final class Turns {
    private static final long SEED = 1;

    /** A step that may fail in all ways in which a benchmark can. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException, InterruptedException;
    }

    private record Turn(Timed times, Step before, Step timed, Step after) {}

    private final List<Turn> turns = new ArrayList<>();

    Turns add(String id, String name, Step before, Step timed, Step after) {
        turns.add(new Turn(Timed.of(id, name), before, timed, after));
        return this;
    }

    Turns add(String id, String name, Step timed) {
        return add(id, name, () -> {}, timed, () -> {});
    }

    List<Timed> measure(int runs) throws IOException, InterruptedException {
        for (Turn each : turns) {
            each.before.run();
            each.timed.run();
            each.after.run();
        }
        List<Turn> order = new ArrayList<>(turns);
        Random random = new Random(SEED);
        for (int i = 0; i < runs; i++) {
            Collections.shuffle(order, random);
            for (Turn each : order) {
                each.before.run();
                long processor = ProcessorTime.nanos();
                long start = System.nanoTime();
                each.timed.run();
                each.times.wall().record(System.nanoTime() - start);
                each.times.processor().record(ProcessorTime.nanos() - processor);
                each.after.run();
            }
        }
        return turns.stream().map(Turn::times).toList();
    }
}
