package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.analyze.LostProbes.Unexplained;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
 * <p>Late probes are explained in the same way by hosts alone. What is lost at a host that is late speaks less against all
 * that it crossed, because busy hosts lose probes too; what they lost is told, and not blamed on the network.
 *
 * <p>What one window is too short for is seen over several. Each time, the newest window is explained first, then the two
 * newest as one, then all that are kept: a short look sees at once what loses much, a long one in the end what loses little.
 * What only a longer look shows is told as long as the newest windows do not contradict it.
 *
 * <p>Memory is a number for each component and the paths of lost probes, not of all, for each window that is kept.
 */
public final class LikelihoodLocalizer implements Localizer {
    /** A component this close to the best is as good an explanation: the odds are below twenty to one. */
    private static final double AS_GOOD = Math.log(20);

    /** What one fault more must gain: its odds against are e^10, about 20,000 to one. */
    private static final double ONE_MORE = 10;
    /** A fault is over when the newest windows say so with the same odds. */
    private static final double OVER = -10;

    private static final int MOST_FINDINGS = 64;
    private static final int RECONSIDERED = 3;
    private final Fabric fabric;
    private final Hosts hosts;
    private final int carried;
    /** What the last judgment blamed on the network. */
    private final Set<Integer> known = new LinkedHashSet<>();

    private Tally current;
    /** Newest first. */
    private final Deque<Tally> earlier = new ArrayDeque<>();

    /** Looks at one window. */
    public LikelihoodLocalizer(Fabric fabric) {
        this(fabric, 0);
    }

    /** @param carried how many windows before the current one are kept */
    public LikelihoodLocalizer(Fabric fabric, int carried) {
        this(fabric, Hosts.of(fabric), carried);
    }

    /** @param hosts that the cards are in, where it is not the fabric that says so */
    public LikelihoodLocalizer(Fabric fabric, Hosts hosts, int carried) {
        this.fabric = fabric;
        this.hosts = hosts;
        this.carried = carried;
        current = new Tally(fabric.components());
    }

    @Override
    public String name() {
        return "likelihood";
    }

    @Override
    public void observe(Observation observation) {
        current.observe(observation);
    }

    /** Takes over what another one saw in its current window, so that several threads can observe, each with its own. */
    public void add(LikelihoodLocalizer other) {
        current.add(other.current);
    }

    /** By host, how many probes of all that was observed it was late with; only where that is more than chance. */
    public Map<Integer, Integer> late(HostEvidence evidence) {
        return new BusyHosts(fabric, hosts, stretch(1 + earlier.size()), evidence).late();
    }

    /** The current window is over; what hosts said of it explains its probes for good. */
    public void endWindow(HostEvidence hosts) {
        if (carried > 0) {
            current.leaveOut(hosts);
            earlier.addFirst(current);
            if (earlier.size() > carried) {
                earlier.removeLast();
            }
        }
        current = new Tally(fabric.components());
    }

    @Override
    public List<Finding> judge(HostEvidence hosts) {
        List<Finding> findings = new ArrayList<>();
        for (int windows : spans()) {
            judge(stretch(windows), hosts, findings);
        }
        known.clear();
        findings.stream()
                .filter(finding -> finding.blamed() == Finding.Blamed.NETWORK)
                .forEach(finding -> known.add(finding.component()));
        return findings;
    }

    /** How many windows are looked at as one, in turn. */
    private Set<Integer> spans() {
        Set<Integer> spans = new LinkedHashSet<>();
        spans.add(1);
        spans.add(Math.min(2, 1 + earlier.size()));
        spans.add(1 + earlier.size());
        return spans;
    }

    private Stretch stretch(int windows) {
        List<Tally> tallies = new ArrayList<>(List.of(current));
        earlier.stream().limit(windows - 1L).forEach(tallies::add);
        return new Stretch(tallies, fabric.components());
    }

    private void judge(Stretch stretch, HostEvidence evidence, List<Finding> findings) {
        BusyHosts busy = new BusyHosts(fabric, hosts, stretch, evidence);
        Unexplained unexplained = stretch.lost(evidence, busy);
        findings.forEach(finding -> explain(stretch, unexplained, finding.component()));
        List<Integer> blamed = blame(stretch, unexplained.copy(), MOST_FINDINGS - findings.size());
        reconsider(stretch, unexplained, blamed);
        for (int component : blamed) {
            if (!isOver(stretch, unexplained, component, evidence)) {
                findings.add(finding(stretch, unexplained, component));
            }
            explain(stretch, unexplained, component);
        }
        explainByHosts(stretch, busy, unexplained, findings);
    }

    /** The best one, then the best of what that leaves, and so on. */
    private List<Integer> blame(Stretch stretch, Unexplained left, int most) {
        List<Integer> blamed = new ArrayList<>();
        for (int next = next(stretch, left); next >= 0 && blamed.size() < most; next = next(stretch, left)) {
            blamed.add(next);
            explain(stretch, left, next);
        }
        return blamed;
    }

    private int next(Stretch stretch, Unexplained left) {
        int best = best(stretch, left, component -> true, Likelihood.ALARM);
        return best < 0 ? best : partsOf(stretch, knownOf(stretch, left, best), left);
    }

    /**
     * Takes back each in turn, lets the others explain what they can, and looks what explains the rest best. What lies between
     * two faults explains some of the losses of both, and so can be the best of all that are looked at one by one.
     */
    private void reconsider(Stretch stretch, Unexplained unexplained, List<Integer> blamed) {
        boolean changed = blamed.size() > 1;
        for (int i = 0; changed && i < RECONSIDERED; i++) {
            changed = false;
            for (int at = blamed.size() - 1; at >= 0; at--) {
                Unexplained rest = unexplained.copy();
                int taken = blamed.remove(/* index */ at);
                blamed.forEach(other -> explain(stretch, rest, other));
                int instead = next(stretch, rest);
                if (instead >= 0) {
                    blamed.add(at, instead);
                }
                changed |= instead != taken;
            }
        }
    }

    private static void explain(Stretch stretch, Unexplained unexplained, int component) {
        unexplained.explain(component, stretch.share(unexplained, component));
    }

    /** What was named before, when it is as good an explanation as the best: chance alone changes which of two is better. */
    private int knownOf(Stretch stretch, Unexplained unexplained, int best) {
        if (known.isEmpty() || known.contains(best)) {
            return best;
        }
        double score = stretch.score(unexplained, best);
        for (int each : known) {
            if (unexplained.crossing(each) > 0 && stretch.score(unexplained, each) > score - AS_GOOD) {
                return each;
            }
        }
        return best;
    }

    /** Tells busy hosts that lost what would be somebody's fault if they were not busy. */
    private void explainByHosts(Stretch stretch, BusyHosts busy, Unexplained unexplained, List<Finding> findings) {
        for (int card : unexplained.touched()) {
            int lost = unexplained.crossing(card);
            double score = busy.loss(card) == 0
                    ? 0
                    : Likelihood.score(lost, stretch.crossed(card) - unexplained.explained(card));
            if (score > Likelihood.ALARM && findings.size() < MOST_FINDINGS) {
                findings.add(new Finding(card, Finding.Blamed.HOST, Set.of(card), score));
            }
        }
    }

    /** Whether the two newest windows speak against what all of them show. */
    private boolean isOver(Stretch stretch, Unexplained unexplained, int component, HostEvidence hosts) {
        if (stretch.tallies().size() < 3) {
            return false;
        }
        long crossed = stretch.crossed(component) - unexplained.explained(component);
        double share = (double) unexplained.crossing(component) / crossed;
        Stretch newest = stretch(2);
        int lost = newest.lost(hosts, BusyHosts.NONE).crossing(component);
        return Likelihood.score(lost, newest.crossed(component), share) < OVER;
    }

    /** The best part of a component when its parts explain better than it does, else the component. */
    private int partsOf(Stretch stretch, int whole, Unexplained unexplained) {
        if (fabric.kind(whole) == Fabric.Kind.CARD || fabric.kind(whole) == Fabric.Kind.LINK) {
            return whole;
        }
        Unexplained rest = unexplained.crossingOnly(whole);
        double needed = stretch.score(unexplained, whole) - ONE_MORE;
        int first = -1;
        double sum = 0;
        for (int i = 0; i < MOST_FINDINGS; i++) {
            int part = best(stretch, rest, component -> fabric.isPartOf(component, whole), ONE_MORE);
            if (part < 0) {
                break;
            }
            first = first < 0 ? part : first;
            sum += stretch.score(rest, part) - ONE_MORE;
            if (sum > needed) {
                return partsOf(stretch, first, unexplained);
            }
            explain(stretch, rest, part);
        }
        return whole;
    }

    /** The component that explains best, or -1 when none of these is above the line. */
    private static int best(Stretch stretch, Unexplained unexplained, IntPredicate which, double line) {
        int best = -1;
        double most = line;
        for (int component : unexplained.touched()) {
            if (unexplained.crossing(component) * Likelihood.MOST_OF_ONE <= most) {
                continue;
            }
            double each = stretch.score(unexplained, component);
            if (each > most && which.test(component)) {
                most = each;
                best = component;
            }
        }
        return best;
    }

    private static Finding finding(Stretch stretch, Unexplained unexplained, int best) {
        double score = stretch.score(unexplained, best);
        Set<Integer> candidates = new HashSet<>();
        for (int component : unexplained.touched()) {
            if (stretch.score(unexplained, component) > score - AS_GOOD) {
                candidates.add(component);
            }
        }
        return new Finding(best, Finding.Blamed.NETWORK, candidates, score);
    }
}
