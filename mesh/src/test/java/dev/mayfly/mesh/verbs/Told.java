package dev.mayfly.mesh.verbs;

import dev.mayfly.mesh.service.ConnectionTuple;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.service.VerbsEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Keeps what was told of some processes, or of all. */
final class Told implements Tracing.Sink {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<VerbsEvent> events = new ArrayList<>();
    private long lost;

    @Override
    public synchronized void happened(VerbsEvent event) {
        events.add(event);
        notifyAll();
    }

    @Override
    public synchronized void lost(long more) {
        lost += more;
        notifyAll();
    }

    synchronized long lost() {
        return lost;
    }

    synchronized List<VerbsEvent> of(long process) {
        return events.stream()
                .filter(event -> event.tuple().process() == process)
                .toList();
    }

    /** Waits for the first event of a process that is like that. */
    synchronized VerbsEvent await(long process, Predicate<VerbsEvent> like) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (VerbsEvent event : of(process)) {
                if (like.test(event)) {
                    return event;
                }
            }
            rest(end, "no such event of process " + process + " among " + events.size());
        }
    }

    VerbsEvent awaitEnd(long process) throws InterruptedException {
        return await(process, event -> event.tuple().event() == ConnectionTuple.ENDED);
    }

    /** Waits until as much was told or lost. */
    synchronized void awaitTotal(long wanted) throws InterruptedException {
        long end = System.nanoTime() + 10 * PATIENCE.toNanos();
        while (events.size() + lost < wanted) {
            rest(end, events.size() + " events told and " + lost + " lost of " + wanted);
        }
    }

    private void rest(long end, String missing) throws InterruptedException {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new AssertionError(missing);
        }
        wait(left);
    }
}
