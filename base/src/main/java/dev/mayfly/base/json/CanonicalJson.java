package dev.mayfly.base.json;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The JSON Canonicalization Scheme, RFC 8785: one byte sequence per value, so that it can be digested.
 *
 * <p>Member names are sorted by UTF-16 code units, which is what {@link String#compareTo} does. Numbers are IEEE 754
 * doubles in ECMAScript form; an integer whose canonical form would denote another integer is refused instead of silently
 * rounded, and so is text that no UTF-8 can hold.
 */
public final class CanonicalJson {
    /** 2^53 - 1: integers up to here are doubles, and plain digits are their ECMAScript form. */
    private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

    private CanonicalJson() {}

    /** @throws IllegalArgumentException when a number or a text has no canonical form */
    public static byte[] bytes(JsonValue value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(StringBuilder out, JsonValue value) {
        // Not a pattern switch: every start of a short command links it, see JsonWriter.
        if (value instanceof JsonObject object) {
            object(out, object);
        } else if (value instanceof JsonArray array) {
            array(out, array);
        } else if (value instanceof JsonString string) {
            quote(out, string.value());
        } else if (value instanceof JsonNumber number) {
            out.append(number(number));
        } else if (value instanceof JsonBool bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    private static void object(StringBuilder out, JsonObject object) {
        out.append('{');
        String separator = "";
        for (Map.Entry<String, JsonValue> member : new TreeMap<>(object.members()).entrySet()) {
            out.append(separator);
            quote(out, member.getKey());
            out.append(':');
            write(out, member.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private static void array(StringBuilder out, JsonArray array) {
        out.append('[');
        String separator = "";
        for (JsonValue item : array.items()) {
            out.append(separator);
            write(out, item);
            separator = ",";
        }
        out.append(']');
    }

    private static String number(JsonNumber number) {
        OptionalLong exact = number.exactLong();
        if (exact.isPresent() && Math.abs(exact.getAsLong()) <= MAX_SAFE_INTEGER) {
            return Long.toString(exact.getAsLong());
        }
        double value = number.value().doubleValue();
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(number.value() + " is beyond what a double can hold");
        }
        String canonical = EcmaScriptNumber.format(value);
        if (number.isInteger() && new BigDecimal(canonical).compareTo(number.value()) != 0) {
            throw new IllegalArgumentException(number.value() + " is not exact as a double");
        }
        return canonical;
    }

    private static void quote(StringBuilder out, String text) {
        if (JsonWriter.hasLoneSurrogate(text)) {
            throw new IllegalArgumentException("half of a surrogate pair in a text");
        }
        JsonWriter.quote(out, text);
    }
}
