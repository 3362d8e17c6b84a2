package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.Localizer;
import dev.mayfly.mesh.analyze.Observation;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.List;
import java.util.Random;

/** Seconds in the life of a fabric with faults and nuisances. */
final class Scenario {
    private static final int FIRST_PORT = 0xC000;

    private final Fabric fabric;
    private final List<Fault> faults;
    private final Nuisances nuisances;
    private final Rates rates;
    private final Random random;
    private final Observation observation = new Observation();
    /** For each component, which fault is there, plus one. */
    private final byte[] faultAt;
    /** For each fault, how many probes crossed it, and which was the last. */
    private final long[] crossings;

    private final long[] lastCrossing;
    private long probes;

    /**
     * Probes of each card in a second.
     *
     * @param withinLeaf to cards of its own leaf
     * @param beyond to cards of other leaves
     * @param ports from how many source ports it draws
     */
    record Rates(int withinLeaf, int beyond, int ports) {
        /** Ten within the leaf as R-Pingmesh has it; beyond, what it takes for ten on each link in each direction. */
        static Rates of(Fabric fabric) {
            // A probe beyond its leaf crosses two links there and two back, or four and four.
            int linksCrossed = fabric.shape().pods() > 1 ? 8 : 4;
            double beyond = 10.0 * fabric.links() / linksCrossed / fabric.cards();
            return new Rates(10, (int) Math.max(1, Math.ceil(beyond)), 256);
        }
    }

    Scenario(Fabric fabric, List<Fault> faults, Nuisances nuisances, Rates rates, Random random) {
        this.fabric = fabric;
        this.faults = faults;
        this.nuisances = nuisances;
        this.rates = rates;
        this.random = random;
        crossings = new long[faults.size()];
        lastCrossing = new long[faults.size()];
        faultAt = new byte[fabric.components()];
        for (int i = 0; i < faults.size(); i++) {
            for (int component : faults.get(i).at()) {
                faultAt[component] = (byte) (i + 1);
            }
        }
    }

    /** Plays one second and shows each probe to all. */
    void second(int second, List<Localizer> localizers) {
        int hosts = fabric.shape().hosts();
        for (int card = 0; card < fabric.cards(); card++) {
            int leaf = fabric.leafOf(card);
            for (int i = 0; i < rates.withinLeaf() && hosts > 1; i++) {
                int other = fabric.cardOf(leaf, random.nextInt(hosts));
                if (other != card) {
                    probe(card, other, second, localizers);
                }
            }
            for (int i = 0; i < rates.beyond() && fabric.leaves() > 1; i++) {
                int otherLeaf = (leaf + 1 + random.nextInt(fabric.leaves() - 1)) % fabric.leaves();
                probe(card, fabric.cardOf(otherLeaf, random.nextInt(hosts)), second, localizers);
            }
        }
    }

    HostEvidence evidence(int fromSecond, int second) {
        return nuisances.evidence(fabric, fromSecond * 1000L, second * 1000L);
    }

    /** Probes that crossed this fault so far, lost or not. */
    long crossings(Fault fault) {
        return crossings[faults.indexOf(fault)];
    }

    private void probe(int from, int to, int second, List<Localizer> localizers) {
        int port = FIRST_PORT + random.nextInt(rates.ports());
        probes++;
        observation.set(fabric, from, to, port);
        observation.verdict(verdict(from, to, port, second * 1000L + random.nextInt(1000)));
        for (Localizer localizer : localizers) {
            localizer.observe(observation);
        }
    }

    private Verdict verdict(int from, int to, int port, long millis) {
        for (int i = 0; i < observation.crossed(); i++) {
            int component = observation.component(i);
            if (faultAt[component] != 0) {
                int which = faultAt[component] - 1;
                Fault fault = faults.get(which);
                if (lastCrossing[which] != probes) {
                    lastCrossing[which] = probes;
                    crossings[which]++;
                }
                if (hits(fault, from, to, port, component, millis)) {
                    return fault.becomes();
                }
            }
        }
        return nuisances.befalls(fabric.hostOf(from), fabric.hostOf(to), millis);
    }

    private boolean hits(Fault fault, int from, int to, int port, int component, long millis) {
        if (!fault.downAt(millis)) {
            return false;
        }
        if (fault.flows() > 1) {
            int flow = ((from * 31 + to) * 31 + port) * 31 + component;
            return Integer.remainderUnsigned(flow * 0x9E3779B1 >>> 8, fault.flows()) == 0;
        }
        return random.nextDouble() < fault.loss();
    }
}
