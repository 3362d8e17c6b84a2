package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.api.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The evidence of one run.
 *
 * @param violations denials seen at run time, in a stable order
 * @param outputs collected files, sorted by path
 * @param outputsDropped why matching outputs were not collected (too large, not a regular file), sorted
 * @param layers what each layer really was during this run
 * @param killLatency from the kill to no process left; zero when nothing had to be killed
 * @param network every network decision, permitted ones too; denials are violations as well
 */
public record Execution(
        Exit exit,
        Duration wall,
        Captured stdout,
        Captured stderr,
        List<Violation> violations,
        Set<LimitHit> limitsHit,
        Usage usage,
        List<LayerReport> layers,
        List<CollectedFile> outputs,
        List<String> outputsDropped,
        Duration killLatency,
        List<NetDecision> network) {
    public Execution {
        violations = List.copyOf(violations);
        limitsHit = Set.copyOf(limitsHit);
        layers = List.copyOf(layers);
        outputs = List.copyOf(outputs);
        outputsDropped = List.copyOf(outputsDropped);
        network = List.copyOf(network);
    }

    /** Of a backend that has no network to decide about. */
    public Execution(
            Exit exit,
            Duration wall,
            Captured stdout,
            Captured stderr,
            List<Violation> violations,
            Set<LimitHit> limitsHit,
            Usage usage,
            List<LayerReport> layers,
            List<CollectedFile> outputs,
            List<String> outputsDropped,
            Duration killLatency) {
        this(
                exit,
                wall,
                stdout,
                stderr,
                violations,
                limitsHit,
                usage,
                layers,
                outputs,
                outputsDropped,
                killLatency,
                List.of());
    }
}
