package dev.mayfly.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs contenders in turns, A B C A B C, so that whatever else the machine does hits all alike. A turn is a short burst:
 * the first of a burst starts on what its neighbour left behind (caches, namespaces that the kernel still takes apart),
 * the others pay for what their own kind leaves behind, and both belong to the truth.
 */
final class Interleaved {
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
        for (int done = 0; done < runs; done += burst) {
            for (int i = 0; i < contenders.size(); i++) {
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
