package dev.mayfly.sandbox.request;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.json.CanonicalJson;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.api.Effect;
import dev.mayfly.sandbox.api.RunRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one form of a request that is digested: defaults filled in, {@code cmd} as the argv it becomes, rules in
 * canonical spelling, sets sorted, contents as digests. Two requests with one form are one run. The seed is not in it;
 * it is digested beside it.
 */
public final class CanonicalRequest {
    private CanonicalRequest() {}

    public static byte[] bytes(RunRequest request) {
        return CanonicalJson.bytes(of(request));
    }

    static JsonObject of(RunRequest request) {
        Map<String, JsonValue> env = new LinkedHashMap<>();
        request.env().forEach((name, value) -> env.put(name, new JsonString(value)));
        List<JsonValue> files = new ArrayList<>();
        request.files().stream()
                .sorted((one, other) -> one.path().compareTo(other.path()))
                .forEach(file -> files.add(JsonObject.of()
                        .with("path", file.path())
                        .with("sha256", Sha256Digest.of(file.content()).hex())));
        return JsonObject.of()
                .with("argv", JsonArray.ofStrings(argv(request)))
                .with("stdin", request.stdin())
                .with("env", new JsonObject(env))
                .with("files", new JsonArray(files))
                .with("policy_id", request.policyId())
                .with("timeout_ms", request.timeout().toMillis())
                .with(
                        "allow_net",
                        sorted(request.allowNet().stream()
                                .map(rule -> NetRule.parse(rule).toString())
                                .toList()))
                .with(
                        "allow_fs",
                        sorted(request.allowFs().stream()
                                .map(rule -> FsPattern.parse(rule).toString())
                                .toList()))
                .with("outputs", sorted(request.outputs()))
                .with("effect", request.effect() == Effect.PURE ? "pure" : "effectful");
    }

    /** What is executed: the given argv, or the shell with the given command. */
    public static List<String> argv(RunRequest request) {
        return request.cmd().map(cmd -> List.of("sh", "-c", cmd)).orElse(request.argv());
    }

    private static JsonArray sorted(List<String> texts) {
        return JsonArray.ofStrings(texts.stream().distinct().sorted().toList());
    }
}
