package dev.mayfly.sandbox.result;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.NetDecision;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Writes a result under the names of {@code schemas/result.schema.json}, always in the same order. */
public final class ResultJson {
    /** Contents of outputs that are carried in the result itself; beyond it only path, size and digest. */
    static final long INLINE_BYTES = 4 << 20;

    private ResultJson() {}

    public static JsonObject of(RunResult result) {
        StreamText stdout = StreamText.of(result.stdout());
        StreamText stderr = StreamText.of(result.stderr());
        Map<String, JsonValue> json = new LinkedHashMap<>();
        json.put("run_id", new JsonString(result.runId()));
        json.put("verdict", new JsonString(result.grade().verdict().word()));
        json.put("risk_score", JsonNumber.of(result.grade().riskScore()));
        exit(json, result);
        json.put("duration_ms", JsonNumber.of(result.duration().toMillis()));
        json.put("stdout", new JsonString(stdout.text()));
        stdout.base64().ifPresent(text -> json.put("stdout_b64", new JsonString(text)));
        json.put("stdout_trunc", new JsonBool(result.stdout().truncated()));
        json.put("stdout_bytes", JsonNumber.of(result.stdout().total()));
        json.put("stderr", new JsonString(stderr.text()));
        stderr.base64().ifPresent(text -> json.put("stderr_b64", new JsonString(text)));
        json.put("stderr_trunc", new JsonBool(result.stderr().truncated()));
        json.put("stderr_bytes", JsonNumber.of(result.stderr().total()));
        json.put("reasons", JsonArray.ofStrings(result.grade().reasons()));
        json.put("violations", list(result.violations(), ResultJson::violation));
        json.put("limits_hit", JsonArray.ofStrings(limits(result)));
        json.put("usage", usage(result.usage()));
        json.put("layers", list(result.layers(), ResultJson::layer));
        json.put("net", list(result.net(), ResultJson::decision));
        json.put("outputs", outputs(result.outputs()));
        json.put("outputs_dropped", JsonArray.ofStrings(result.outputsDropped()));
        json.put("backend", new JsonString(result.backend()));
        json.put("policy_digest", new JsonString(result.policyDigest()));
        json.put("seed", JsonNumber.ofUnsigned(result.seed()));
        json.put("allow_degraded", new JsonBool(result.allowDegraded()));
        result.sbomAttestation().ifPresent(text -> json.put("sbom_attestation", new JsonString(text)));
        json.put("result_digest", new JsonString(ResultDigest.of(result)));
        return new JsonObject(json);
    }

    private static void exit(Map<String, JsonValue> json, RunResult result) {
        json.put("exit_code", numberOrNull(result.exit().map(Exit::exitCode)));
        json.put("signal", numberOrNull(result.exit().map(Exit::endedBy)));
    }

    static JsonValue numberOrNull(Optional<OptionalInt> number) {
        OptionalInt known = number.orElse(OptionalInt.empty());
        return known.isPresent() ? JsonNumber.of(known.getAsInt()) : new JsonNull();
    }

    static List<String> limits(RunResult result) {
        return result.limitsHit().stream().sorted().map(LimitHit::policyKey).toList();
    }

    private static JsonObject violation(Violation violation) {
        return JsonObject.of()
                .with("rule", violation.rule())
                .with("subject", violation.subject())
                .with("count", violation.count());
    }

    private static JsonObject usage(Usage usage) {
        return JsonObject.of()
                .with("cpu_ms", usage.cpu().toMillis())
                .with("peak_memory_bytes", usage.peakMemoryBytes())
                .with("peak_pids", usage.peakPids())
                .with("read_bytes", usage.readBytes())
                .with("written_bytes", usage.writtenBytes());
    }

    private static JsonObject layer(LayerReport layer) {
        return JsonObject.of()
                .with("name", layer.name())
                .with("requested", layer.requested())
                .with("state", layer.state().word())
                .with("reason", layer.reason());
    }

    private static JsonObject decision(NetDecision decision) {
        return JsonObject.of()
                .with("subject", decision.subject())
                .with("allowed", decision.allowed())
                .with("reason", decision.reason())
                .with("count", decision.count())
                .with("bytes", decision.bytes());
    }

    private static JsonArray outputs(List<CollectedFile> files) {
        List<JsonValue> items = new ArrayList<>(files.size());
        long inlined = 0;
        for (CollectedFile file : files) {
            byte[] content = file.content();
            JsonObject item = JsonObject.of()
                    .with("path", file.path())
                    .with("size", content.length)
                    .with("digest", Sha256Digest.of(content).toString());
            if (inlined + content.length <= INLINE_BYTES) {
                inlined += content.length;
                item = item.with("content_b64", Base64.getEncoder().encodeToString(content));
            }
            items.add(item);
        }
        return new JsonArray(items);
    }

    private static <T> JsonArray list(Collection<T> values, Function<T, JsonValue> json) {
        return new JsonArray(values.stream().map(json).toList());
    }
}
