package dev.mayfly.base.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One JSON value. Values are immutable; objects keep the order in which their members were given. */
public sealed interface JsonValue
        permits JsonValue.JsonObject,
                JsonValue.JsonArray,
                JsonValue.JsonString,
                JsonValue.JsonNumber,
                JsonValue.JsonBool,
                JsonValue.JsonNull {

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

    /**
     * A number, exact. Not a record: integers that fit a long keep to it, because merely initialising BigDecimal costs a
     * short command about a third of a bare JVM start, cache or not.
     */
    final class JsonNumber implements JsonValue {
        private final boolean small;
        private final long integer; // the value when small
        private @Nullable BigDecimal decimal; // set when not small, else made when asked for

        public JsonNumber(BigDecimal value) {
            this.decimal = Objects.requireNonNull(value, "value");
            boolean fits = value.scale() == 0 && value.unscaledValue().bitLength() < Long.SIZE;
            this.small = fits;
            this.integer = fits ? value.longValue() : 0;
        }

        private JsonNumber(long integer) {
            this.small = true;
            this.integer = integer;
        }

        public static JsonNumber of(long value) {
            return new JsonNumber(value);
        }

        /** The 64 bits as a number from 0 to 2^64-1. */
        public static JsonNumber ofUnsigned(long value) {
            return value >= 0 ? of(value) : new JsonNumber(new BigDecimal(Long.toUnsignedString(value)));
        }

        // A race makes the same value twice; BigDecimal is immutable, so any of them will do.
        public BigDecimal value() {
            BigDecimal known = decimal;
            if (known == null) {
                known = BigDecimal.valueOf(integer);
                decimal = known;
            }
            return known;
        }

        /** The value when it is an integer that fits, however it was spelt ({@code 1.0}, {@code 1e2}). */
        public OptionalLong exactLong() {
            if (small) {
                return OptionalLong.of(integer);
            }
            if (value().signum() == 0) {
                return OptionalLong.of(0);
            }
            if (!isInteger() || value().precision() - value().scale() > 19) {
                return OptionalLong.empty();
            }
            BigInteger whole = value().toBigIntegerExact();
            return whole.bitLength() < Long.SIZE ? OptionalLong.of(whole.longValue()) : OptionalLong.empty();
        }

        /** The bits of the value when it is an integer from 0 to 2^64-1. */
        public OptionalLong unsignedLong() {
            OptionalLong exact = exactLong();
            if (exact.isPresent()) {
                return exact.getAsLong() >= 0 ? exact : OptionalLong.empty();
            }
            if (!isInteger() || value().signum() < 0 || value().precision() - value().scale() > 20) {
                return OptionalLong.empty();
            }
            BigInteger whole = value().toBigIntegerExact();
            return whole.bitLength() <= Long.SIZE ? OptionalLong.of(whole.longValue()) : OptionalLong.empty();
        }

        /** True when the number has no fractional part, however it was spelt ({@code 1.0}, {@code 1e2}). */
        public boolean isInteger() {
            return small
                    || value().signum() == 0
                    || value().stripTrailingZeros().scale() <= 0;
        }

        @Override
        public String kind() {
            return isInteger() ? "integer" : "number";
        }

        /** By value: {@code 1}, {@code 1.0} and {@code 10e-1} are one number. */
        @Override
        public boolean equals(Object other) {
            if (!(other instanceof JsonNumber that)) {
                return false;
            }
            return small && that.small ? integer == that.integer : value().compareTo(that.value()) == 0;
        }

        @Override
        public int hashCode() {
            OptionalLong exact = exactLong();
            return exact.isPresent()
                    ? Long.hashCode(exact.getAsLong())
                    : value().stripTrailingZeros().hashCode();
        }

        @Override
        public String toString() {
            return small ? Long.toString(integer) : value().toString();
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
