package dev.mayfly.sandbox.result;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.sandbox.allow.Ascii;
import dev.mayfly.sandbox.api.LimitHit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Holds a result against the rules of {@code schemas/result.schema.json}. It says the same as the schema in a few
 * predicates, because a schema library would cost each start more than the run; a test compares the two.
 */
public final class ResultCheck {
    private record Field(boolean required, Predicate<JsonValue> fits) {}

    /** An object with these members and no others. */
    private record Shape(Map<String, Field> fields) {
        Shape() {
            this(Map.of());
        }

        Shape with(String name, Predicate<JsonValue> fits) {
            return and(name, new Field(true, fits));
        }

        Shape optional(String name, Predicate<JsonValue> fits) {
            return and(name, new Field(false, fits));
        }

        private Shape and(String name, Field field) {
            Map<String, Field> more = new LinkedHashMap<>(fields);
            more.put(name, field);
            return new Shape(Collections.unmodifiableMap(more));
        }

        boolean fits(JsonValue value) {
            return value instanceof JsonObject object
                    && fields.keySet().containsAll(object.members().keySet())
                    && fields.entrySet().stream()
                            .allMatch(entry -> object.get(entry.getKey())
                                    .map(member -> entry.getValue().fits().test(member))
                                    .orElse(!entry.getValue().required()));
        }
    }

    private static final Set<String> LIMIT_KEYS =
            Arrays.stream(LimitHit.values()).map(LimitHit::policyKey).collect(Collectors.toUnmodifiableSet());
    private static final Shape VIOLATION = new Shape()
            .with("rule", ResultCheck::text)
            .with("subject", ResultCheck::text)
            .with("count", ResultCheck::count);
    private static final Shape LAYER = new Shape()
            .with("name", ResultCheck::text)
            .with("requested", ResultCheck::flag)
            .with("state", word("active", "degraded", "unavailable", "off"))
            .with("reason", ResultCheck::text);
    private static final Shape NET = new Shape()
            .with("subject", ResultCheck::text)
            .with("allowed", ResultCheck::flag)
            .with("reason", ResultCheck::text)
            .with("count", ResultCheck::count)
            .with("bytes", ResultCheck::count);
    private static final Shape OUTPUT = new Shape()
            .with("path", ResultCheck::text)
            .with("size", ResultCheck::count)
            .with("digest", ResultCheck::digest)
            .optional("content_b64", ResultCheck::text);
    private static final Shape USAGE = new Shape()
            .with("cpu_ms", ResultCheck::countOrUnknown)
            .with("peak_memory_bytes", ResultCheck::countOrUnknown)
            .with("peak_pids", ResultCheck::countOrUnknown)
            .with("read_bytes", ResultCheck::countOrUnknown)
            .with("written_bytes", ResultCheck::countOrUnknown);
    private static final Shape RESULT = new Shape()
            .with("run_id", value -> hexAfter(value, "r_"))
            .with("verdict", word("green", "yellow", "red"))
            .with("risk_score", ResultCheck::count)
            .with("exit_code", value -> value instanceof JsonNull || integer(value, 0))
            .with("signal", value -> value instanceof JsonNull || integer(value, 1))
            .with("duration_ms", ResultCheck::count)
            .with("stdout", ResultCheck::text)
            .optional("stdout_b64", ResultCheck::text)
            .with("stdout_trunc", ResultCheck::flag)
            .with("stdout_bytes", ResultCheck::count)
            .with("stderr", ResultCheck::text)
            .optional("stderr_b64", ResultCheck::text)
            .with("stderr_trunc", ResultCheck::flag)
            .with("stderr_bytes", ResultCheck::count)
            .with("reasons", list(ResultCheck::text))
            .with("violations", list(VIOLATION::fits))
            .with("limits_hit", list(value -> value instanceof JsonString text && LIMIT_KEYS.contains(text.value())))
            .with("usage", USAGE::fits)
            .with("layers", list(LAYER::fits))
            .with("net", list(NET::fits))
            .with("outputs", list(OUTPUT::fits))
            .with("outputs_dropped", list(ResultCheck::text))
            .with("backend", ResultCheck::text)
            .with("policy_digest", ResultCheck::digest)
            .with("seed", ResultCheck::count)
            .with("allow_degraded", ResultCheck::flag)
            .optional("sbom_attestation", ResultCheck::text)
            .with("result_digest", ResultCheck::digest);

    private ResultCheck() {}

    /** The places at which a result breaks its schema; empty when it fits. */
    public static List<String> problems(JsonObject result) {
        List<String> problems = new ArrayList<>();
        RESULT.fields.forEach((name, field) -> {
            Optional<JsonValue> value = result.get(name);
            if (value.isEmpty() && field.required()) {
                problems.add("$." + name + " is missing");
            } else if (value.isPresent() && !field.fits().test(value.get())) {
                problems.add("$." + name + " does not fit");
            }
        });
        for (String name : result.members().keySet()) {
            if (!RESULT.fields.containsKey(name)) {
                problems.add("$." + name + " is unknown");
            }
        }
        return problems;
    }

    /** @throws MayflyException {@code RESULT_INVALID}: the result must not be shown as one */
    public static void require(JsonObject result) {
        List<String> problems = problems(result);
        if (!problems.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.RESULT_INVALID,
                    "the result does not fit its schema",
                    String.join("; ", problems),
                    "this is a fault of this program: report it with the request");
        }
    }

    private static boolean text(JsonValue value) {
        return value instanceof JsonString;
    }

    private static boolean flag(JsonValue value) {
        return value instanceof JsonBool;
    }

    private static boolean count(JsonValue value) {
        return integer(value, 0);
    }

    /** Usage that this machine cannot tell is -1. */
    private static boolean countOrUnknown(JsonValue value) {
        return integer(value, -1);
    }

    private static boolean digest(JsonValue value) {
        return hexAfter(value, "sha256:");
    }

    private static boolean integer(JsonValue value, long least) {
        if (!(value instanceof JsonNumber number) || !number.isInteger()) {
            return false;
        }
        OptionalLong exact = number.exactLong();
        return exact.isPresent() ? exact.getAsLong() >= least : number.value().signum() > 0;
    }

    private static boolean hexAfter(JsonValue value, String prefix) {
        return value instanceof JsonString(String text)
                && text.length() == prefix.length() + 64
                && text.startsWith(prefix)
                && text.chars().skip(prefix.length()).allMatch(Ascii::isLowerHex);
    }

    private static Predicate<JsonValue> word(String... words) {
        return value -> value instanceof JsonString text && List.of(words).contains(text.value());
    }

    private static Predicate<JsonValue> list(Predicate<JsonValue> item) {
        return value ->
                value instanceof JsonArray array && array.items().stream().allMatch(item);
    }
}
