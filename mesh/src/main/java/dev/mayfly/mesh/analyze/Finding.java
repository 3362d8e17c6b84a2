package dev.mayfly.mesh.analyze;

import java.util.Set;

/**
 * A component that is at fault.
 *
 * @param component the most likely one
 * @param blamed what is wrong: the network, or the host behind a card
 * @param candidates all that the probes cannot tell apart from it, itself included
 * @param score larger is surer; only comparable within one localizer
 */
public record Finding(int component, Blamed blamed, Set<Integer> candidates, double score) {
    /** Whose fault it is. */
    public enum Blamed {
        NETWORK,
        HOST
    }

    public Finding {
        candidates = Set.copyOf(candidates);
    }

    /** By a rule that knows no candidates. */
    static Finding network(int component, double score) {
        return new Finding(component, Blamed.NETWORK, Set.of(component), score);
    }
}
