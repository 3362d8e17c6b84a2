package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.Violation;
import java.util.List;

/**
 * What a run tried on its network.
 *
 * @param violations denied destinations, rule {@code net.default}, in a stable order
 * @param decisions every decision, allowed ones too, in a stable order
 */
public record NetEvidence(List<Violation> violations, List<NetDecision> decisions) {
    /** Nothing was tried. */
    public static final NetEvidence NOTHING = new NetEvidence(List.of(), List.of());

    public NetEvidence {
        violations = List.copyOf(violations);
        decisions = List.copyOf(decisions);
    }
}
