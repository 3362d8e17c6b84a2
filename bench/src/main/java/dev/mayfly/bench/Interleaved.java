package dev.mayfly.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Runs contenders in turns, so that whatever else the machine does hits all alike. A turn is a short burst, after a
 * moment in which the kernel may take apart what the neighbour left behind; the order of each round is drawn anew (from a
 * fixed seed), so that nobody always follows the one who leaves most. Within a burst everyone pays for what its own kind
 * leaves behind, which belongs to the truth.
 */
final class Interleaved {
    private static final long SETTLE_MILLIS = 10;
    private static final long SEED = 1;

    private final List<Contender> contenders;
    private final int burst;

    Interleaved(List<Contender> contenders, int burst) {
        this.contenders = List.copyOf(contenders);
        this.burst = burst;
    }

    /** Turns that do not count; everyone has at least one. */
    void warmUp(long forNanos) throws InterruptedException {
        long end = System.nanoTime() + forNanos;
        do {
            for (Contender contender : contenders) {
                contender.work().once();
            }
        } while (System.nanoTime() < end);
    }

    List<Series> measure(int runs) throws InterruptedException {
        List<Series> all = contenders.stream()
                .map(contender -> new Series(contender.id(), contender.name()))
                .toList();
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, contenders.size()).boxed().toList());
        Random random = new Random(SEED);
        for (int done = 0; done < runs; done += burst) {
            Collections.shuffle(order, random);
            for (int i : order) {
                Thread.sleep(SETTLE_MILLIS);
                turn(contenders.get(i), all.get(i), Math.min(burst, runs - done));
            }
        }
        return new ArrayList<>(all);
    }

    private static void turn(Contender contender, Series series, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            contender.work().once();
            series.record(System.nanoTime() - start);
        }
    }
}
