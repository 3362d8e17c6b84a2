package dev.mayfly.mesh.analyze;

import java.util.Set;

/**
 * What is known of hosts from elsewhere than probes.
 *
 * @param silent cards whose agent has told nothing lately: the host is down, or its agent is
 * @param reset cards whose queue pair is another than the one that was probed
 */
public record HostEvidence(Set<Integer> silent, Set<Integer> reset) {
    public static final HostEvidence NONE = new HostEvidence(Set.of(), Set.of());

    public HostEvidence {
        silent = Set.copyOf(silent);
        reset = Set.copyOf(reset);
    }

    boolean explains(int from, int to) {
        return silent.contains(to) || silent.contains(from) || reset.contains(to) || reset.contains(from);
    }
}
