package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.probe.Verdict;
import java.util.Set;

/**
 * Something that is broken.
 *
 * @param at the components that lose probes
 * @param loss the share that each of them loses while it is down
 * @param becomes what lost probes are told as
 * @param flapMillis 0, or it is down for so long, then up for so long
 * @param flows 1, or only one flow in so many is lost, and that always
 * @param truth the components that are a right answer
 */
public record Fault(
        FaultKind kind, Set<Integer> at, double loss, Verdict becomes, int flapMillis, int flows, Set<Integer> truth) {
    public boolean downAt(long millis) {
        return flapMillis == 0 || millis / flapMillis % 2 == 0;
    }
}
