package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rules of R-Pingmesh (SIGCOMM 2024) as far as they are published, for comparison: a card more than a tenth of whose
 * probes within its leaf time out is at fault; timeouts of such cards are taken away; the link that most of the rest crossed
 * is at fault. Late is a timeout here, as it is there. A single timeout is no vote worth telling: three are asked for.
 */
public final class VotingLocalizer implements Localizer {
    private static final double CARD_SHARE = 0.1;
    private static final int LEAST_VOTES = 3;

    private final Fabric fabric;
    private final long[] probes;
    private final long[] timeouts;
    private final LostProbes lost = new LostProbes();

    public VotingLocalizer(Fabric fabric) {
        this.fabric = fabric;
        probes = new long[fabric.cards()];
        timeouts = new long[fabric.cards()];
    }

    @Override
    public String name() {
        return "voting";
    }

    @Override
    public void observe(Observation observation) {
        boolean timeout = observation.verdict() != Verdict.OK;
        if (observation.withinLeaf()) {
            count(observation.from(), timeout);
            count(observation.to(), timeout);
        }
        if (timeout) {
            lost.add(observation);
        }
    }

    private void count(int card, boolean timeout) {
        probes[card]++;
        if (timeout) {
            timeouts[card]++;
        }
    }

    @Override
    public List<Finding> judge(HostEvidence hosts) {
        List<Finding> findings = new ArrayList<>();
        Unexplained rest = lost.unexplained(fabric.components(), hosts);
        for (int card : Arrays.stream(rest.touched()).sorted().toArray()) {
            if (fabric.kind(card) == Fabric.Kind.CARD && timeouts[card] > CARD_SHARE * probes[card]) {
                findings.add(Finding.network(card, (double) timeouts[card] / probes[card]));
            }
        }
        findings.forEach(finding -> rest.explain(finding.component()));
        int best = -1;
        int votes = LEAST_VOTES - 1;
        for (int component : rest.touched()) {
            if (fabric.kind(component) == Fabric.Kind.LINK && rest.crossing(component) > votes) {
                votes = rest.crossing(component);
                best = component;
            }
        }
        if (best >= 0) {
            findings.add(Finding.network(best, votes));
        }
        findings.sort((a, b) -> Double.compare(b.score(), a.score()));
        return findings;
    }
}
