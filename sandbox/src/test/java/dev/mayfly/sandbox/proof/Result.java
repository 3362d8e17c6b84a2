package dev.mayfly.sandbox.proof;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import java.util.List;

/** What a test asks of a result. */
record Result(JsonObject json) {
    String text(String key) {
        return switch (json.get(key).orElse(new JsonString(""))) {
            case JsonString(String value) -> value;
            case JsonValue other -> JsonWriter.compact(other);
        };
    }

    boolean flag(String key) {
        return json.get(key).orElseThrow() instanceof JsonBool(boolean value) && value;
    }

    List<String> limits() {
        return ((JsonArray) json.get("limits_hit").orElseThrow())
                .items().stream().map(item -> ((JsonString) item).value()).toList();
    }

    /** {@code rule subject} of each. */
    List<String> violations() {
        return ((JsonArray) json.get("violations").orElseThrow())
                .items().stream()
                        .map(item -> new Result((JsonObject) item))
                        .map(one -> one.text("rule") + " " + one.text("subject"))
                        .toList();
    }

    /** {@code path} of each. */
    List<String> outputs() {
        return ((JsonArray) json.get("outputs").orElseThrow())
                .items().stream()
                        .map(item -> new Result((JsonObject) item).text("path"))
                        .toList();
    }

    /** Short enough for the message of an assertion. */
    String brief() {
        String all = JsonWriter.compact(json);
        return all.length() > 1500 ? all.substring(0, 1500) + "…" : all;
    }
}
