package dev.mayfly.sandbox.result;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.box.Exit;
import java.util.ArrayList;
import java.util.List;

/**
 * The digest over what equal runs share, so that two results can be compared by one string.
 *
 * <p>In it: run id, verdict, score, reasons, exit code, signal, both streams (kept bytes and total), which rules denied
 * which subjects, limits hit, outputs with their contents' digests, what was dropped. Not in it, because a clock, a
 * scheduler or a machine decides them: duration, usage, how often something was denied, layers and backend, bytes and
 * counts of network decisions, what the kernel's own
 * permissions refused (only some machines can watch that, and racing threads may fail in any order), attestation. Whether layers were missing is in it through verdict and reasons.
 */
final class ResultDigest {
    private ResultDigest() {}

    static String of(RunResult result) {
        return Sha256Digest.of(invariant(result)).toString();
    }

    private static JsonObject invariant(RunResult result) {
        JsonValue code = ResultJson.numberOrNull(result.exit().map(Exit::exitCode));
        JsonValue signal = ResultJson.numberOrNull(result.exit().map(Exit::endedBy));
        List<JsonValue> outputs = new ArrayList<>();
        for (CollectedFile file : result.outputs()) {
            outputs.add(JsonObject.of()
                    .with("path", file.path())
                    .with("digest", Sha256Digest.of(file.content()).toString()));
        }
        return JsonObject.of()
                .with("run_id", result.runId())
                .with("verdict", result.grade().verdict().word())
                .with("risk_score", result.grade().riskScore())
                .with("reasons", JsonArray.ofStrings(result.grade().reasons()))
                .with("exit_code", code)
                .with("signal", signal)
                .with("stdout", stream(result.stdout()))
                .with("stderr", stream(result.stderr()))
                .with("violations", violations(result.violations()))
                .with("limits_hit", JsonArray.ofStrings(ResultJson.limits(result)))
                .with("outputs", new JsonArray(outputs))
                .with("outputs_dropped", JsonArray.ofStrings(result.outputsDropped()));
    }

    private static JsonObject stream(Captured captured) {
        Sha256 kept = Sha256.start().update(captured.head()).update(captured.tail());
        return JsonObject.of().with("kept", kept.digest().hex()).with("total", captured.total());
    }

    private static JsonArray violations(List<Violation> violations) {
        return JsonArray.ofStrings(violations.stream()
                .filter(violation -> !violation.byPermission())
                .map(violation -> violation.rule() + "\0" + violation.subject())
                .distinct()
                .sorted()
                .toList());
    }
}
