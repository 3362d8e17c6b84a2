package dev.mayfly.mesh.probe;

import java.util.Objects;
import java.util.Optional;

/**
 * One probe and what became of it.
 *
 * @param target as the caller numbers what it probes
 * @param startedNanos T1 on the ticker of the caller
 * @param timing there for {@link Verdict#OK} and {@link Verdict#LATE}
 */
public record ProbeOutcome(
        ProbeNumber number, int target, long startedNanos, Verdict verdict, Optional<Timing> timing) {
    public ProbeOutcome {
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(verdict, "verdict");
        if (timing.isPresent() != (verdict == Verdict.OK || verdict == Verdict.LATE)) {
            throw new IllegalArgumentException(verdict + " with timing " + timing);
        }
    }
}
