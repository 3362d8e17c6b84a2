package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import java.util.List;

/**
 * Several tallies in a row looked at as one, and how well a component explains what was lost in them.
 *
 * @param tallies newest first
 */
record Stretch(List<Tally> tallies, int components) {
    /** Of what crossed a component, so much is looked at, whatever else it crossed. */
    private static final double FEWEST = 0.1;
    /** How often the estimate is made better. */
    private static final int CLOSER = 3;

    Stretch {
        tallies = List.copyOf(tallies);
    }

    long crossed(int component) {
        long sum = 0;
        for (Tally tally : tallies) {
            sum += tally.crossed(component);
        }
        return sum;
    }

    Unexplained lost(HostEvidence evidence, BusyHosts busy) {
        return LostProbes.unexplained(tallies.stream().map(Tally::lost).toList(), components, evidence, busy);
    }

    /** Late probes with the hosts at both ends, in place of components. */
    Unexplained late(HostEvidence evidence, Hosts hosts) {
        return LostProbes.unexplainedByHost(tallies.stream().map(Tally::late).toList(), evidence, hosts);
    }

    /** The share of loss by which it explains them. */
    double share(Unexplained unexplained, int component) {
        int lost = unexplained.crossing(component);
        return lost == 0 ? 0 : (double) lost / Math.max(lost, left(unexplained, component));
    }

    /**
     * How many probes that crossed it tell whether it loses any. Of those that also crossed what loses a tenth, each lost one
     * that is explained by that stands for nine that came through; with these it would seem to lose less than it does. How many
     * crossed both follows from how many were lost there by either, and its own share of that from how many are left.
     */
    private long left(Unexplained unexplained, int component) {
        long crossed = crossed(component);
        int explained = unexplained.explained(component);
        double stood = unexplained.standingFor(component);
        if (stood <= explained) {
            return crossed - explained;
        }
        int lost = unexplained.crossing(component);
        double byOthers = explained / stood;
        double left = crossed - explained;
        for (int i = 0; i < CLOSER; i++) {
            double own = Math.min(1, lost / Math.max(1, left));
            left = crossed - explained / (byOthers + own - byOthers * own);
            left = Math.max(left, Math.max(lost, FEWEST * crossed));
        }
        return Math.min(Math.round(left), crossed - explained);
    }

    /** How much better "it loses probes" explains them than "hosts lost what busy hosts lose, and nothing is wrong". */
    double score(Unexplained unexplained, int component) {
        int lost = unexplained.crossing(component);
        long left = left(unexplained, component);
        double byHost = unexplained.busy().loss(component);
        if (lost <= byHost * left) {
            return 0;
        }
        return Likelihood.score(lost, left) - unexplained.excused(component) + byHost * Math.max(0, left - lost);
    }
}
