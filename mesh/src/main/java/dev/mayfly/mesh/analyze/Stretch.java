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

    Unexplained lost(HostEvidence hosts) {
        return LostProbes.unexplained(tallies.stream().map(Tally::lost).toList(), components, hosts);
    }

    Unexplained late(HostEvidence hosts) {
        return LostProbes.unexplained(tallies.stream().map(Tally::late).toList(), components, hosts);
    }

    double score(Unexplained unexplained, int component) {
        return Likelihood.score(unexplained.crossing(component), crossed(component) - unexplained.explained(component));
    }
}
