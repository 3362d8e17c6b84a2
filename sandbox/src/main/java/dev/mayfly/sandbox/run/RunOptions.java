package dev.mayfly.sandbox.run;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the caller says beside the request.
 *
 * @param policy a policy file instead of the one that the request's {@code policy_id} names
 * @param timeoutSeconds instead of the request's {@code timeout_sec}
 * @param seed instead of the request's {@code seed}
 * @param strict refuse to run unless every layer is active
 * @param allowDegraded run although a required layer is missing; costs the verdict
 * @param backend {@code auto}, {@code native}, {@code bwrap} or {@code wasm}
 * @param mark kept with the run in the ledger, so that its caller finds it again after a crash; empty for none
 */
public record RunOptions(
        Optional<Path> policy,
        OptionalInt timeoutSeconds,
        OptionalLong seed,
        boolean strict,
        boolean allowDegraded,
        String backend,
        String mark) {
    public static final RunOptions DEFAULT =
            new RunOptions(Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), false, false, "auto", "");

    public RunOptions withMark(String text) {
        return new RunOptions(policy, timeoutSeconds, seed, strict, allowDegraded, backend, text);
    }
}
