package dev.mayfly.sandbox.request;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.api.Effect;
import dev.mayfly.sandbox.api.RunRequest;
import java.util.List;
import java.util.Optional;

/**
 * Reads a request, strictly.
 *
 * <p>Exactly one of {@code cmd} and {@code argv} is needed, everything else has a default: no standard input, no
 * variables beyond the fixed ones, no files, policy {@code default}, the policy's wall limit, nothing asked for, seed
 * 0, no outputs. {@code effect} is {@code pure} unless the request asks for network.
 */
public final class RequestReader {
    public static final String DEFAULT_POLICY = "default";

    /** @throws MayflyException {@code REQUEST_INVALID} or {@code REQUEST_TOO_LARGE}; nothing was run or written then */
    public RunRequest read(byte[] json) {
        if (json.length > RequestLimits.BYTES) {
            throw new MayflyException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "the request has " + json.length + " bytes",
                    "the limit is " + RequestLimits.BYTES + " bytes (16 MiB)",
                    "send large inputs in parts, or fetch them from a host that the policy allows");
        }
        JsonValue value;
        try {
            value = JsonReader.read(json, RequestLimits.JSON);
        } catch (JsonSyntaxException e) {
            throw new MayflyException(
                    ErrorCode.REQUEST_INVALID,
                    "the request is not one JSON object",
                    "line " + e.line() + ", column " + e.column() + ": " + e.problem(),
                    "correct it there; schemas/request.schema.json describes a request",
                    e);
        }
        Problems problems = new Problems();
        RunRequest request = bind(value, problems);
        if (!problems.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.REQUEST_INVALID, "the request does not fit its schema", problems.why(), problems.fix());
        }
        return request;
    }

    /** Whether only rules that a schema cannot express stand against the request; for the test against the schema. */
    static boolean onlyBeyondSchema(JsonValue value) {
        Problems problems = new Problems();
        bind(value, problems);
        return problems.onlyBeyondSchema();
    }

    private static RunRequest bind(JsonValue value, Problems problems) {
        JsonObject object;
        if (value instanceof JsonObject given) {
            object = given;
        } else {
            problems.add("$", "a " + value.kind() + " where an object is expected", "write { \"cmd\": \"…\" }");
            object = JsonObject.of();
        }
        Fields fields = new Fields(object, problems);
        Optional<String> cmd = fields.command();
        List<String> argv = fields.argv();
        fields.exactlyOneCommand();
        List<String> allowNet = fields.netRules("allow_net");
        RunRequest request = new RunRequest(
                cmd,
                argv,
                fields.text("stdin"),
                fields.env(),
                fields.files(),
                fields.policyId(),
                fields.timeout(),
                allowNet,
                fields.fsRules("allow_fs"),
                fields.seed(),
                fields.outputs(),
                fields.effect(allowNet.isEmpty() ? Effect.PURE : Effect.EFFECTFUL));
        fields.refuseUnknown();
        fields.checkArgumentSizes(request);
        return request;
    }
}
