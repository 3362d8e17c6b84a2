package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.topology.Shape;
import java.util.List;
import java.util.Optional;

/**
 * What is played.
 *
 * @param seconds of each seed
 * @param windowSeconds after which the published rules look, and forget; what R-Pingmesh looks at in one piece are twenty
 * @param carried how many windows ours keeps besides the current one
 * @param kinds of faults, in turn; one seed in so many and one more has none
 * @param atOnce how many faults a seed has; empty for the usual mix: two thirds have one, the others up to four
 * @param comparing false when only ours is to be measured
 */
public record Plan(
        Shape shape,
        int seconds,
        int windowSeconds,
        int carried,
        List<FaultKind> kinds,
        Optional<Integer> atOnce,
        boolean comparing) {
    public static final int MOST_AT_ONCE = 4;

    public Plan {
        kinds = List.copyOf(kinds);
        if (seconds < 1 || windowSeconds < 1 || carried < 0) {
            throw new IllegalArgumentException("seeds of " + seconds + " seconds in windows of " + windowSeconds);
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("no kind of fault");
        }
        if (atOnce.filter(n -> n < 0 || n > MOST_AT_ONCE).isPresent()) {
            throw new IllegalArgumentException(atOnce + " faults at once");
        }
    }

    /** All usual kinds, compared with all rules. */
    public static Plan usual(Shape shape, int seconds) {
        return new Plan(shape, seconds, 20, 5, FaultKind.usual(), Optional.empty(), true);
    }
}
