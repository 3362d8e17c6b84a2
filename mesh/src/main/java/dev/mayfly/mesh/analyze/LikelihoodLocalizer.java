package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * For each component: how much better is "it loses probes, at the share seen" than "nothing is wrong", as a logarithm of
 * likelihoods. The best one above the alarm line is a finding; the lost probes that crossed it are explained; again, until
 * none is above the line. So two faults at once do not hide each other.
 *
 * <p>A link at fault is better than its switch, because the switch's other links lose nothing; a switch at fault is better
 * than each of its links, because it explains the losses of all. Two links at fault can make their switch look better than
 * either, so before a switch or cable is blamed its parts are tried in its place: they win when together they are better by
 * more than what it costs to assume more faults than one.
 *
 * <p>Late probes are explained in the same way by cards alone. A card with many more late probes than lost ones belongs to a
 * busy host: that is told, and not blamed on the network.
 *
 * <p>Memory is two numbers for each component and the paths of lost probes, not of all.
 */
public final class LikelihoodLocalizer implements Localizer {
    /** What a sound network loses. */
    private static final double USUAL_LOSS = 1e-5;
    /** Fewer than one false alarm a month over 10^5 links with ten probes a second each. */
    private static final double ALARM = 28.6;
    /** A component this close to the best is as good an explanation: the odds are below twenty to one. */
    private static final double AS_GOOD = Math.log(20);

    /** What one fault more must gain: its odds against are e^10, about 20,000 to one. */
    private static final double ONE_MORE = 10;
    /** A busy host is late rather than silent; it is taken for one when it has this many late probes for each lost one. */
    private static final int LATE_FOR_EACH_LOST = 3;

    private static final int MOST_FINDINGS = 64;
    private final Fabric fabric;
    private final long[] crossed;
    private final LostProbes lost = new LostProbes();
    private final LostProbes late = new LostProbes();

    public LikelihoodLocalizer(Fabric fabric) {
        this.fabric = fabric;
        crossed = new long[fabric.components()];
    }

    @Override
    public String name() {
        return "likelihood";
    }

    @Override
    public void observe(Observation observation) {
        Verdict verdict = observation.verdict();
        if (verdict == Verdict.SEND_ERROR || verdict == Verdict.INVALID) {
            return;
        }
        for (int i = 0; i < observation.crossed(); i++) {
            crossed[observation.component(i)]++;
        }
        if (verdict.blamesFabric()) {
            lost.add(observation);
        } else if (verdict != Verdict.OK) {
            late.add(observation);
        }
    }

    @Override
    public List<Finding> judge(HostEvidence hosts) {
        Map<Integer, Integer> busy = busyCards(hosts);
        Unexplained unexplained = lost.unexplained(fabric, hosts);
        List<Finding> findings = new ArrayList<>();
        while (findings.size() < MOST_FINDINGS) {
            int best = best(unexplained, component -> true, ALARM);
            if (best < 0) {
                break;
            }
            best = partsOf(best, unexplained);
            boolean host = busy.getOrDefault(best, 0) >= LATE_FOR_EACH_LOST * unexplained.crossing(best);
            findings.add(finding(unexplained, best, host ? Finding.Blamed.HOST : Finding.Blamed.NETWORK));
            unexplained.explain(best);
        }
        return findings;
    }

    /** The best part of a component when its parts explain better than it does, else the component. */
    private int partsOf(int whole, Unexplained unexplained) {
        Unexplained rest = unexplained.crossingOnly(whole);
        double needed = score(unexplained, whole) - ONE_MORE;
        int first = -1;
        double sum = 0;
        for (int i = 0; i < MOST_FINDINGS; i++) {
            int part = best(rest, component -> fabric.isPartOf(component, whole), ONE_MORE);
            if (part < 0) {
                break;
            }
            first = first < 0 ? part : first;
            sum += score(rest, part) - ONE_MORE;
            if (sum > needed) {
                return partsOf(first, unexplained);
            }
            rest.explain(part);
        }
        return whole;
    }

    /** Cards that explain late probes, with how many. */
    private Map<Integer, Integer> busyCards(HostEvidence hosts) {
        Unexplained unexplained = late.unexplained(fabric, hosts);
        Map<Integer, Integer> busy = new HashMap<>();
        IntPredicate cards = component -> fabric.kind(component) == Fabric.Kind.CARD;
        for (int best = best(unexplained, cards, ALARM); best >= 0; best = best(unexplained, cards, ALARM)) {
            busy.put(best, unexplained.crossing(best));
            unexplained.explain(best);
        }
        return busy;
    }

    /** The component that explains best, or -1 when none of these is above the line. */
    private int best(Unexplained unexplained, IntPredicate which, double line) {
        int best = -1;
        double most = line;
        for (int component : unexplained.touched()) {
            double each = score(unexplained, component);
            if (each > most && which.test(component)) {
                most = each;
                best = component;
            }
        }
        return best;
    }

    private Finding finding(Unexplained unexplained, int best, Finding.Blamed blamed) {
        double score = score(unexplained, best);
        Set<Integer> candidates = new HashSet<>();
        for (int component : unexplained.touched()) {
            if (score(unexplained, component) > score - AS_GOOD) {
                candidates.add(component);
            }
        }
        return new Finding(best, blamed, candidates, score);
    }

    private double score(Unexplained unexplained, int component) {
        return score(unexplained.crossing(component), crossed[component]);
    }

    /** The logarithm of the ratio of likelihoods, the share of loss being the one seen. */
    static double score(long lost, long crossed) {
        if (lost == 0) {
            return 0;
        }
        double share = (double) lost / Math.max(lost, crossed);
        if (share <= USUAL_LOSS) {
            return 0;
        }
        double forLost = lost * Math.log(share / USUAL_LOSS);
        long kept = crossed - lost;
        return kept <= 0 ? forLost : forLost + kept * (Math.log1p(-share) - Math.log1p(-USUAL_LOSS));
    }
}
