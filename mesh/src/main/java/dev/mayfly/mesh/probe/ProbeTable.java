package dev.mayfly.mesh.probe;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Joins what is learned of each probe, in whatever order it comes: that it was sent (T2), the first answer (T3, T5), the
 * second (T3, T4, T6). Tells a verdict when all is there or the time is over, and keeps the probe a while longer to tell
 * late from lost.
 *
 * <p>Bounded: a place for each of {@code capacity} probes in a row; a probe that finds its place taken by one that is
 * still kept ends that one. All methods belong to one thread. Times are of the caller's ticker but for T2 to T5.
 */
public final class ProbeTable {
    private final int epoch;
    /** Those that are kept; what is done with is let go of at once, as most probes are within moments. */
    private final @Nullable Pending[] places;
    /** By place, the last probe of which everything came; so that what comes again is known for that. */
    private final long[] complete;

    private final AdaptiveTimeout.Bounds bounds;
    private final long keepNanos;
    private final OutcomeSink sink;
    private final Map<Integer, AdaptiveTimeout> timeouts = new HashMap<>();
    private final PriorityQueue<Pending> due = new PriorityQueue<>(Comparator.comparingLong(p -> p.dueNanos));
    private int count;
    private long strangers;
    private long duplicates;

    /**
     * @param epoch another at each start of the prober, not negative
     * @param capacity at least as many probes as are sent within {@code keep}; rounded up to a power of two
     * @param keep from T1 on; at least the longest timeout
     */
    public ProbeTable(int epoch, int capacity, AdaptiveTimeout.Bounds bounds, Duration keep, OutcomeSink sink) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch " + epoch);
        }
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("room for " + capacity + " probes");
        }
        if (keep.compareTo(bounds.most()) < 0) {
            throw new IllegalArgumentException("kept for " + keep + ", shorter than the timeout " + bounds.most());
        }
        this.epoch = epoch;
        this.places = new Pending[Integer.highestOneBit(Math.max(1, capacity * 2 - 1))];
        this.complete = new long[places.length];
        Arrays.fill(complete, -1);
        this.bounds = bounds;
        this.keepNanos = keep.toNanos();
        this.sink = sink;
    }

    /**
     * A probe is about to be sent: T1.
     *
     * @param target a small number for what is probed; each has its own timeout
     */
    public ProbeNumber begin(int target, long nowNanos) {
        expire(nowNanos);
        ProbeNumber number = ProbeNumber.of(epoch, count++);
        int place = place(number);
        Pending before = places[place];
        if (before != null) {
            before.kept = false;
            if (before.told == null) {
                sink.forgotten(before.target, before.t1);
            }
        }
        Pending pending = new Pending(number, target, nowNanos, timeout(target).nanos());
        places[place] = pending;
        due.add(pending);
        return number;
    }

    /** The probe has left: T2, by the clock of the card or kernel. */
    public void sent(long number, long t2) {
        Pending pending = known(number);
        if (pending != null && fresh(pending.t2 == 0)) {
            pending.t2 = t2;
            learned(pending);
        }
    }

    /** The probe could not be sent. */
    public void sendFailed(long number) {
        Pending pending = known(number);
        if (pending != null) {
            pending.failed = true;
            learned(pending);
        }
    }

    /** The first answer came: T3 of the responder's clock, T5 of ours as T2. */
    public void firstAnswer(long number, long t3, long t5) {
        Pending pending = known(number);
        if (pending != null && fresh(pending.t5 == 0)) {
            received(pending, t3);
            pending.t5 = t5;
            learned(pending);
        }
    }

    /** The second answer came, and now is T6. */
    public void secondAnswer(long number, long t3, long t4, long nowNanos) {
        Pending pending = known(number);
        if (pending != null && fresh(pending.t4 == 0)) {
            received(pending, t3);
            pending.t4 = t4;
            learned(pending, nowNanos);
        }
    }

    /** Something that claims to be an answer to it came and was changed on its way. */
    public void damagedAnswer(long number) {
        Pending pending = known(number);
        if (pending != null) {
            pending.damaged = true;
            learned(pending);
        }
    }

    /** Tells verdicts on probes whose time is over. To be called again by {@link #nextDueNanos}. */
    public void expire(long nowNanos) {
        for (Pending next = due.peek(); next != null && next.dueNanos - nowNanos <= 0; next = due.peek()) {
            due.remove();
            if (!next.kept) {
                continue;
            }
            long end = next.t1 + keepNanos;
            if (next.told == null) {
                tell(next);
            }
            if (end - nowNanos <= 0) {
                next.kept = false;
                places[place(next.number)] = null;
            } else {
                next.dueNanos = end;
                due.add(next);
            }
        }
    }

    /** When {@link #expire} has something to do, or {@code Long.MAX_VALUE}. */
    public long nextDueNanos() {
        Pending next = due.peek();
        return next == null ? Long.MAX_VALUE : next.dueNanos;
    }

    /** What came and belongs to no probe that is kept: too late, to an earlier start, or made up. */
    public long strangers() {
        return strangers;
    }

    /** What came a second time. */
    public long duplicates() {
        return duplicates;
    }

    private void received(Pending pending, long t3) {
        if (pending.t3 == 0) {
            pending.t3 = t3;
        } else {
            pending.disagrees |= pending.t3 != t3;
        }
    }

    private void learned(Pending pending, long t6) {
        pending.t6 = t6;
        learned(pending);
    }

    private void learned(Pending pending) {
        if (pending.complete()) {
            pending.kept = false;
            places[place(pending.number)] = null;
            complete[place(pending.number)] = pending.number.bits();
            if (!pending.failed) {
                timeout(pending.target).answered(Math.max(0, pending.t5 - pending.t2));
            }
            tell(pending);
        } else if (pending.told != null) {
            tell(pending);
        }
    }

    private void tell(Pending pending) {
        ProbeOutcome before = pending.told;
        ProbeOutcome now = pending.judged();
        if (before == null) {
            pending.told = now;
            sink.settled(now);
        } else if (before.verdict() != now.verdict()) {
            pending.told = now;
            sink.revised(before, now);
        }
    }

    private @Nullable Pending known(long number) {
        int place = (int) number & places.length - 1;
        Pending pending = places[place];
        if (pending != null && pending.number.bits() == number) {
            return pending;
        }
        if (complete[place] == number) {
            duplicates++;
        } else {
            strangers++;
        }
        return null;
    }

    private boolean fresh(boolean first) {
        if (!first) {
            duplicates++;
        }
        return first;
    }

    private int place(ProbeNumber number) {
        return number.count() & places.length - 1;
    }

    private AdaptiveTimeout timeout(int target) {
        return timeouts.computeIfAbsent(target, _ -> new AdaptiveTimeout(bounds));
    }
}
