package dev.mayfly.mesh.probe;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Gathers verdicts into windows by when a probe began, so that a probe counts where the network was as it met it, and not
 * where its timeout happened to fall. A window is handed on when no verdict in it can change any more. Belongs to one thread.
 */
public final class Windows implements OutcomeSink {
    private final long lengthNanos;
    private final long keepNanos;
    private final Consumer<Window> closed;
    private final TreeMap<Key, Window> open = new TreeMap<>();
    private long tooLate;

    private record Key(long startNanos, int target) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTime = Long.compare(startNanos, other.startNanos);
            return byTime != 0 ? byTime : Integer.compare(target, other.target);
        }
    }

    /** @param keep as that of the table */
    public Windows(Duration length, Duration keep, Consumer<Window> closed) {
        if (!length.isPositive()) {
            throw new IllegalArgumentException("windows of " + length);
        }
        this.lengthNanos = length.toNanos();
        this.keepNanos = keep.toNanos();
        this.closed = closed;
    }

    @Override
    public void settled(ProbeOutcome outcome) {
        of(outcome.target(), outcome.startedNanos()).add(outcome);
    }

    @Override
    public void revised(ProbeOutcome before, ProbeOutcome now) {
        Window window = open.get(key(before.target(), before.startedNanos()));
        if (window == null) {
            tooLate++;
        } else {
            window.revise(before, now);
        }
    }

    @Override
    public void forgotten(int target, long startedNanos) {
        of(target, startedNanos).forget();
    }

    /** Hands on what is final, oldest first. */
    public void close(long nowNanos) {
        while (!open.isEmpty()) {
            Map.Entry<Key, Window> oldest = open.firstEntry();
            if (oldest.getKey().startNanos() + lengthNanos + keepNanos >= nowNanos) {
                return;
            }
            open.remove(oldest.getKey());
            closed.accept(oldest.getValue());
        }
    }

    /** Hands on everything, because nothing more will come. */
    public void closeAll() {
        open.values().forEach(closed);
        open.clear();
    }

    /** Verdicts that changed after their window was handed on; none, when {@link #close} is given the table's time. */
    public long tooLate() {
        return tooLate;
    }

    private Window of(int target, long startedNanos) {
        Key key = key(target, startedNanos);
        return open.computeIfAbsent(key, k -> new Window(k.target(), k.startNanos()));
    }

    private Key key(int target, long startedNanos) {
        return new Key(Math.floorDiv(startedNanos, lengthNanos) * lengthNanos, target);
    }
}
