package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.probe.Verdict;

/**
 * What was seen in a stretch of time: how many probes crossed each component, and the paths of those that were lost or late. An
 * answer without its second part is neither: busy hosts and lossy links both make such. Belongs to one thread; several may be added up.
 */
final class Tally {
    private final int[] crossed;
    private LostProbes lost = new LostProbes();
    private LostProbes late = new LostProbes();

    Tally(int components) {
        crossed = new int[components];
    }

    void observe(Observation observation) {
        Verdict verdict = observation.verdict();
        if (verdict == Verdict.SEND_ERROR || verdict == Verdict.INVALID) {
            return;
        }
        for (int i = 0; i < observation.crossed(); i++) {
            crossed[observation.component(i)]++;
        }
        if (verdict.blamesFabric()) {
            lost.add(observation);
        } else if (verdict == Verdict.LATE) {
            late.add(observation);
        }
    }

    /** Takes over what another one saw. */
    void add(Tally other) {
        for (int i = 0; i < crossed.length; i++) {
            crossed[i] += other.crossed[i];
        }
        lost.add(other.lost);
        late.add(other.late);
    }

    /** Takes away the probes that hosts explain, for good. */
    void leaveOut(HostEvidence hosts) {
        lost = lost.without(hosts, crossed);
        late = late.without(hosts, crossed);
    }

    int crossed(int component) {
        return crossed[component];
    }

    LostProbes lost() {
        return lost;
    }

    LostProbes late() {
        return late;
    }
}
