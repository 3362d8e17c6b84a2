package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What happens to hosts all the time and is no fault of a network. The shares are assumptions, not measurements: one host in
 * 250 is busy, so that 1 to 30 per cent of what it sends or gets is not in time, of which 95 per cent is late and the rest
 * never comes. One agent restarts, one host reboots, one clock steps, one host pauses.
 */
final class Nuisances {
    private static final int HOSTS_FOR_ONE_BUSY = 250;
    private static final double LATE_OF_BUSY = 0.95;
    private static final long RESTART_MILLIS = 3_000;
    private static final long PAUSE_MILLIS = 400;

    private final Random random;
    private final Map<Integer, Double> busy = new HashMap<>();
    private final int restarted;
    private final int rebooted;
    private final int stepped;
    private final int paused;
    private final long at;

    Nuisances(Fabric fabric, Random random, long millis) {
        this.random = random;
        int hosts = fabric.hostOf(fabric.cards() - 1) + 1;
        for (int i = 0; i < Math.max(1, hosts / HOSTS_FOR_ONE_BUSY); i++) {
            busy.put(random.nextInt(hosts), 0.01 + random.nextDouble() * 0.29);
        }
        restarted = random.nextInt(hosts);
        rebooted = random.nextInt(hosts);
        stepped = random.nextInt(hosts);
        paused = random.nextInt(hosts);
        at = random.nextLong(Math.max(1, millis / 2));
    }

    /** What becomes of a probe between two hosts that the network carried. */
    Verdict befalls(int from, int to, long millis) {
        boolean now = millis >= at && millis < at + RESTART_MILLIS;
        if (millis >= at && (from == rebooted || to == rebooted)) {
            return from == rebooted ? Verdict.SEND_ERROR : Verdict.LOST;
        }
        if (now && to == restarted) {
            return Verdict.LOST;
        }
        if (now && (from == stepped || to == stepped)) {
            return Verdict.INVALID;
        }
        if (millis >= at && millis < at + PAUSE_MILLIS && (from == paused || to == paused)) {
            return Verdict.LATE;
        }
        double share = busy.getOrDefault(from, 0.0) + busy.getOrDefault(to, 0.0);
        if (share > 0 && random.nextDouble() < share) {
            return random.nextDouble() < LATE_OF_BUSY ? Verdict.LATE : Verdict.LOST;
        }
        return Verdict.OK;
    }

    /**
     * What registration and heartbeats say by the end of a stretch of time about the probes in it. A queue pair that changed
     * explains what went to the one before, and nothing once everybody has the new one.
     */
    HostEvidence evidence(Fabric fabric, long fromMillis, long millis) {
        Set<Integer> silent = new HashSet<>();
        Set<Integer> reset = new HashSet<>();
        if (millis >= at) {
            for (int card = 0; card < fabric.cards(); card++) {
                if (fabric.hostOf(card) == rebooted) {
                    silent.add(card);
                } else if (fabric.hostOf(card) == restarted && fromMillis < at + RESTART_MILLIS) {
                    reset.add(card);
                }
            }
        }
        return new HostEvidence(silent, reset);
    }
}
