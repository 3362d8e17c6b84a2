package dev.mayfly.mesh.probe;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one probe. A stamp of 0 is not there yet. */
final class Pending {
    final ProbeNumber number;
    final int target;
    final long t1;
    final long timeoutNanos;
    /** When something is to be done about it: its timeout, then the end of its keeping. */
    long dueNanos;

    long t2;
    long t3;
    long t4;
    long t5;
    long t6;
    boolean failed;
    boolean damaged;
    boolean disagrees;
    /** Neither complete nor given up. */
    boolean kept = true;

    @Nullable
    ProbeOutcome told;

    Pending(ProbeNumber number, int target, long t1, long timeoutNanos) {
        this.number = number;
        this.target = target;
        this.t1 = t1;
        this.timeoutNanos = timeoutNanos;
        this.dueNanos = t1 + timeoutNanos;
    }

    boolean complete() {
        return failed || t2 != 0 && t5 != 0 && t4 != 0;
    }

    /** The verdict on what is known now. */
    ProbeOutcome judged() {
        Optional<Timing> timing = t2 != 0 && t5 != 0 && t4 != 0 && !failed && !disagrees
                ? new Stamps(t1, t2, t3, t4, t5, t6).timing()
                : Optional.empty();
        Verdict verdict = timing.isPresent() ? inTime() : withoutTiming();
        return new ProbeOutcome(number, target, t1, verdict, timing);
    }

    /** By the stamps and not by when we came to look: our own pause makes no answer late. */
    private Verdict inTime() {
        return t5 - t2 <= timeoutNanos ? Verdict.OK : Verdict.LATE;
    }

    private Verdict withoutTiming() {
        if (failed) {
            return Verdict.SEND_ERROR;
        }
        if (t5 != 0) {
            return t4 != 0 ? Verdict.INVALID : Verdict.ACK1_ONLY;
        }
        if (damaged) {
            return Verdict.CORRUPT;
        }
        // The second answer is sent only after the first has left, so the first was lost on the way.
        return t4 != 0 || t2 != 0 ? Verdict.LOST : Verdict.SEND_ERROR;
    }
}
