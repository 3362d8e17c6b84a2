package dev.mayfly.base.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One JSON value. Values are immutable; objects keep the order in which their members were given. */
public sealed interface JsonValue {

    /** What the value is, as a word for error texts. */
    String kind();

    record JsonObject(Map<String, JsonValue> members) implements JsonValue {
        public JsonObject {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        public static JsonObject of() {
            return new JsonObject(Map.of());
        }

        public Optional<JsonValue> get(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /** The same object with one member added or replaced. */
        public JsonObject with(String name, JsonValue value) {
            Map<String, JsonValue> copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new JsonObject(copy);
        }

        public JsonObject with(String name, String value) {
            return with(name, new JsonString(value));
        }

        public JsonObject with(String name, long value) {
            return with(name, JsonNumber.of(value));
        }

        public JsonObject with(String name, boolean value) {
            return with(name, new JsonBool(value));
        }

        @Override
        public String kind() {
            return "object";
        }
    }

    record JsonArray(List<JsonValue> items) implements JsonValue {
        public JsonArray {
            items = List.copyOf(items);
        }

        public static JsonArray ofStrings(Iterable<String> texts) {
            List<JsonValue> items = new ArrayList<>();
            texts.forEach(text -> items.add(new JsonString(text)));
            return new JsonArray(items);
        }

        @Override
        public String kind() {
            return "array";
        }
    }

    record JsonString(String value) implements JsonValue {
        @Override
        public String kind() {
            return "string";
        }
    }

    record JsonNumber(BigDecimal value) implements JsonValue {
        public static JsonNumber of(long value) {
            return new JsonNumber(BigDecimal.valueOf(value));
        }

        /** By value: {@code 1}, {@code 1.0} and {@code 10e-1} are one number. */
        @Override
        public boolean equals(Object other) {
            return other instanceof JsonNumber that && value.compareTo(that.value) == 0;
        }

        @Override
        public int hashCode() {
            return value.signum() == 0 ? 0 : value.stripTrailingZeros().hashCode();
        }

        /** True when the number has no fractional part, however it was spelt ({@code 1.0}, {@code 1e2}). */
        public boolean isInteger() {
            return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
        }

        @Override
        public String kind() {
            return isInteger() ? "integer" : "number";
        }
    }

    record JsonBool(boolean value) implements JsonValue {
        @Override
        public String kind() {
            return "boolean";
        }
    }

    record JsonNull() implements JsonValue {
        @Override
        public String kind() {
            return "null";
        }
    }
}
