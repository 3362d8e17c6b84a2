package dev.mayfly.sandbox.result;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.NetDecision;
import dev.mayfly.sandbox.grade.Grade;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One graded result.
 *
 * @param exit how the command ended; empty when it was not run
 * @param seed unsigned
 * @param net decisions on the network, allowed ones too
 * @param allowDegraded the caller permitted missing layers
 */
public record RunResult(
        String runId,
        String policyDigest,
        long seed,
        String backend,
        boolean allowDegraded,
        Grade grade,
        Optional<Exit> exit,
        Duration duration,
        Captured stdout,
        Captured stderr,
        List<Violation> violations,
        Set<LimitHit> limitsHit,
        Usage usage,
        List<LayerReport> layers,
        List<NetDecision> net,
        List<CollectedFile> outputs,
        List<String> outputsDropped,
        Optional<String> sbomAttestation) {
    private static final Captured NOTHING = new Captured(new byte[0], new byte[0], 0);

    public RunResult {
        violations = List.copyOf(violations);
        limitsHit = Set.copyOf(limitsHit);
        layers = List.copyOf(layers);
        net = List.copyOf(net);
        outputs = List.copyOf(outputs);
        outputsDropped = List.copyOf(outputsDropped);
    }

    /** Which run this is, and under what it ran. */
    public record Origin(String runId, String policyDigest, long seed, String backend, boolean allowDegraded) {}

    /** The result of a run that happened. */
    public static RunResult of(
            Origin origin, Grade grade, Execution execution, List<LayerReport> layers, List<NetDecision> net) {
        return new RunResult(
                origin.runId(),
                origin.policyDigest(),
                origin.seed(),
                origin.backend(),
                origin.allowDegraded(),
                grade,
                Optional.of(execution.exit()),
                execution.wall(),
                execution.stdout(),
                execution.stderr(),
                execution.violations(),
                execution.limitsHit(),
                execution.usage(),
                layers,
                net,
                execution.outputs(),
                execution.outputsDropped(),
                Optional.empty());
    }

    /** The result of a request that was answered without running it. */
    public static RunResult notRun(Origin origin, Grade grade, List<Violation> violations) {
        return new RunResult(
                origin.runId(),
                origin.policyDigest(),
                origin.seed(),
                origin.backend(),
                origin.allowDegraded(),
                grade,
                Optional.empty(),
                Duration.ZERO,
                NOTHING,
                NOTHING,
                violations,
                Set.of(),
                new Usage(Duration.ZERO, 0, 0, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }
}
