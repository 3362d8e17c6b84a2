package dev.mayfly.mesh.controller;

import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import java.util.Map;

/**
 * What was reported since the controller began, by pairs of switches, so that there are no more of them than that.
 *
 * @param pairs by the switch of the prober and of the target
 * @param services flows of services that agents see now
 * @param unrouted connections of services without a path of RoCE v2
 * @param missed events of services that agents did not see, because they came too fast
 * @param portsMissing source ports of services that agents could not have
 */
public record Totals(
        Map<Pair, Pairs> pairs,
        int agents,
        int cards,
        int services,
        long unrouted,
        long missed,
        long portsMissing,
        int rows,
        long reports,
        long dropped,
        double slowest,
        long localizations,
        double lastJudgmentSeconds) {
    public Totals {
        pairs = Map.copyOf(pairs);
    }

    /** @param fromTor of the prober */
    public record Pair(String fromTor, String toTor) {}

    /** Verdicts, and how long probes took. */
    public record Pairs(Map<Verdict, Long> verdicts, Sketch network, Sketch responder, Sketch prober) {
        public Pairs {
            verdicts = Map.copyOf(verdicts);
        }
    }
}
