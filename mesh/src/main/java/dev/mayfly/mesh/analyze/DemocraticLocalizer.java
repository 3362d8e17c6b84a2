package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rule of 007 (NSDI 2018), for comparison: each flow that lost something gives each link on its path an equal part of one
 * vote; the link with most is at fault, its flows are taken away, and so on while a link has at least a hundredth of all
 * votes. It knows links only, a card's among them. Late is a loss here: 007 sees retransmissions, which late answers cause.
 */
public final class DemocraticLocalizer implements Localizer {
    private static final double LEAST_SHARE = 0.01;
    private static final int MOST_FINDINGS = 64;
    private static final double LEAST_VOTES = 0.5;

    private final Fabric fabric;
    private final LostProbes lost = new LostProbes();

    public DemocraticLocalizer(Fabric fabric) {
        this.fabric = fabric;
    }

    @Override
    public String name() {
        return "007";
    }

    @Override
    public void observe(Observation observation) {
        if (observation.verdict() != Verdict.OK) {
            lost.add(observation);
        }
    }

    @Override
    public List<Finding> judge(HostEvidence hosts) {
        Unexplained rest = lost.unexplained(fabric.components(), hosts);
        double least = Math.max(LEAST_VOTES, LEAST_SHARE * rest.paths().size());
        List<Finding> findings = new ArrayList<>();
        while (findings.size() < MOST_FINDINGS) {
            Map<Integer, Double> votes = votes(rest.paths());
            int best = -1;
            double most = least;
            for (Map.Entry<Integer, Double> entry : votes.entrySet()) {
                if (entry.getValue() > most) {
                    most = entry.getValue();
                    best = entry.getKey();
                }
            }
            if (best < 0) {
                break;
            }
            findings.add(Finding.network(best, most));
            rest.explain(best);
        }
        return findings;
    }

    private Map<Integer, Double> votes(List<int[]> paths) {
        Map<Integer, Double> votes = new HashMap<>();
        for (int[] path : paths) {
            int links = 0;
            for (int component : path) {
                links += isLink(component) ? 1 : 0;
            }
            for (int component : path) {
                if (isLink(component)) {
                    votes.merge(component, 1.0 / links, Double::sum);
                }
            }
        }
        return votes;
    }

    private boolean isLink(int component) {
        Fabric.Kind kind = fabric.kind(component);
        return kind == Fabric.Kind.LINK || kind == Fabric.Kind.CARD;
    }
}
