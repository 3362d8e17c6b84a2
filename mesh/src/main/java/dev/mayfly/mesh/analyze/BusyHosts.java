package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import dev.mayfly.mesh.topology.Fabric;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hosts that were late, and what they may have lost. A host that has too much to do is late with probes of all its cards, in
 * both directions, and loses a few of them; a card at fault loses probes and makes none late. So a probe that was lost at a
 * busy host says less about all that it crossed than another: as much less as its host is likely to be the cause.
 */
final class BusyHosts {
    static final BusyHosts NONE = new BusyHosts();

    /** What a busy host loses at most for each probe that it is late with. */
    private static final double LOST_FOR_EACH_LATE = 1.0 / 3;
    /** How much later than it was seen to be a host may be, in standard deviations of a count. */
    private static final double DEVIATIONS = 2;

    /** By host, what it was late with: that which explains most first. */
    private final Map<Integer, Integer> late = new LinkedHashMap<>();
    /** By card, the share of its probes that its host may lose; empty when no host was late. */
    private final double[] loss;

    private BusyHosts() {
        loss = new double[0];
    }

    BusyHosts(Fabric fabric, Hosts hosts, Stretch stretch, HostEvidence evidence) {
        Unexplained unexplained = stretch.late(evidence, hosts);
        if (unexplained.touched().length == 0) {
            loss = new double[0];
            return;
        }
        long[] crossed = new long[hosts.count()];
        for (int card = 0; card < fabric.cards(); card++) {
            crossed[hosts.of(card)] += stretch.crossed(card);
        }
        findLate(unexplained, crossed);
        loss = new double[late.isEmpty() ? 0 : fabric.cards()];
        for (int card = 0; card < loss.length; card++) {
            Integer count = late.get(hosts.of(card));
            if (count != null) {
                double most = count + DEVIATIONS * Math.sqrt(count);
                loss[card] = Math.min(1, LOST_FOR_EACH_LATE * most / Math.max(count, crossed[hosts.of(card)]));
            }
        }
    }

    private void findLate(Unexplained unexplained, long[] crossed) {
        while (true) {
            int best = -1;
            double most = Likelihood.ALARM;
            for (int host : unexplained.touched()) {
                double score =
                        Likelihood.score(unexplained.crossing(host), crossed[host] - unexplained.explained(host));
                if (score > most) {
                    most = score;
                    best = host;
                }
            }
            if (best < 0) {
                return;
            }
            late.put(best, unexplained.crossing(best));
            unexplained.explain(best);
        }
    }

    /** By host, how many late probes it explains; only those where that is more than chance. */
    Map<Integer, Integer> late() {
        return late;
    }

    /** The share of its probes that a card's host may lose; 0 for components that are no card. */
    double loss(int component) {
        return component < loss.length ? loss[component] : 0;
    }

    /** How much likelier the loss of this probe is than it would be between hosts that are not busy, as a logarithm. */
    double excuse(int[] path) {
        double mayLose = loss.length == 0 ? 0 : Math.min(1, loss[path[0]] + loss[path[1]]);
        return mayLose == 0 ? 0 : Math.log1p(mayLose / Likelihood.USUAL_LOSS);
    }
}
