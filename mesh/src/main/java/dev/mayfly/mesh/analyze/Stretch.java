package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import java.util.List;

/**
 * Several tallies in a row looked at as one, and how well a component explains what was lost in them.
 *
 * @param tallies newest first
 */
record Stretch(List<Tally> tallies, int components) {
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

    /** How much better "it loses probes" explains them than "hosts lost what busy hosts lose, and nothing is wrong". */
    double score(Unexplained unexplained, int component) {
        int lost = unexplained.crossing(component);
        long left = crossed(component) - unexplained.explained(component);
        double byHost = unexplained.busy().loss(component);
        if (lost <= byHost * left) {
            return 0;
        }
        return Likelihood.score(lost, left) - unexplained.excused(component) + byHost * Math.max(0, left - lost);
    }
}
