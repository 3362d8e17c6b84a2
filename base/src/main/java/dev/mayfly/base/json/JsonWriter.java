package dev.mayfly.base.json;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;

/** Writes JSON for readers: members in their given order, either on one line or indented by two spaces. */
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    public static String compact(JsonValue value) {
        return write(value, false);
    }

    public static String pretty(JsonValue value) {
        return write(value, true);
    }

    /** One string in its quotes. */
    public static String quoted(String string) {
        StringBuilder out = new StringBuilder(string.length() + 2);
        quote(out, string);
        return out.toString();
    }

    private static String write(JsonValue value, boolean indented) {
        JsonWriter writer = new JsonWriter(indented);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(JsonValue value, int depth) {
        // Not a pattern switch: linking one spins a class at run time, which costs a short command more than its
        // answer.
        if (value instanceof JsonObject object) {
            object(object, depth);
        } else if (value instanceof JsonArray array) {
            array(array, depth);
        } else if (value instanceof JsonString string) {
            quote(out, string.value());
        } else if (value instanceof JsonNumber number) {
            out.append(plain(number));
        } else if (value instanceof JsonBool bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    private static String plain(JsonNumber number) {
        OptionalLong exact = number.exactLong();
        if (exact.isPresent()) {
            return Long.toString(exact.getAsLong());
        }
        return number.isInteger()
                        && number.value().abs().precision() < 40
                        && number.value().scale() > -40
                ? number.value().toBigInteger().toString()
                : number.value().toString();
    }

    private void object(JsonObject object, int depth) {
        if (object.members().isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<Map.Entry<String, JsonValue>> members =
                object.members().entrySet().iterator();
        while (members.hasNext()) {
            Map.Entry<String, JsonValue> member = members.next();
            newLine(depth + 1);
            quote(out, member.getKey());
            out.append(indented ? ": " : ":");
            value(member.getValue(), depth + 1);
            if (members.hasNext()) {
                out.append(',');
            }
        }
        newLine(depth);
        out.append('}');
    }

    private void array(JsonArray array, int depth) {
        if (array.items().isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        Iterator<JsonValue> items = array.items().iterator();
        while (items.hasNext()) {
            newLine(depth + 1);
            value(items.next(), depth + 1);
            if (items.hasNext()) {
                out.append(',');
            }
        }
        newLine(depth);
        out.append(']');
    }

    private void newLine(int depth) {
        if (indented) {
            out.append('\n').repeat("  ", depth);
        }
    }

    /** Appends the string as RFC 8785 section 3.2.2.2 spells it; that form is also good JSON for anyone else. */
    static void quote(StringBuilder out, String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else if (Character.isSurrogate(c) && isLone(string, i)) {
                        // UTF-8 has no form for it, and readers like ours refuse its escape.
                        out.append('\ufffd');
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i)) && isLone(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLone(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
    }
}
