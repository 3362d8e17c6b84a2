package dev.mayfly.base.json;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A strict recursive-descent reader of one JSON text (RFC 8259).
 *
 * <p>Stricter than the RFC where leniency is a known attack: duplicate member names, invalid UTF-8, lone surrogates and
 * anything after the value are errors, and size, depth and number of values are bounded.
 */
public final class JsonReader {
    /** A longer literal is no number anyone means, and BigDecimal parsing is quadratic in it. */
    private static final int MAX_NUMBER_LENGTH = 128;

    /** So many characters of an integer fit a long whatever they are. */
    private static final int MAX_LONG_LENGTH = 18;

    private static final int MAX_EXPONENT = 400;

    private final String text;
    private final JsonLimits limits;
    private int position;
    private int values;

    private JsonReader(String text, JsonLimits limits) {
        this.text = text;
        this.limits = limits;
    }

    /**
     * Reads exactly one value.
     *
     * @throws JsonSyntaxException when the bytes are not one JSON text within the limits
     */
    public static JsonValue read(byte[] utf8, JsonLimits limits) {
        if (utf8.length > limits.maxBytes()) {
            throw new JsonSyntaxException(1, 1, utf8.length + " bytes, more than the limit of " + limits.maxBytes());
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new JsonSyntaxException(1, 1, "the text is not valid UTF-8");
        }
        JsonReader reader = new JsonReader(text, limits);
        JsonValue value = reader.value(0);
        reader.skipSpace();
        if (reader.position < text.length()) {
            throw reader.error("text after the end of the value");
        }
        return value;
    }

    public static JsonValue read(byte[] utf8) {
        return read(utf8, JsonLimits.DEFAULT);
    }

    private JsonValue value(int depth) {
        skipSpace();
        if (++values > limits.maxValues()) {
            throw error("more than " + limits.maxValues() + " values");
        }
        if (position >= text.length()) {
            throw error("the text ends where a value is expected");
        }
        char c = text.charAt(position);
        return switch (c) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> new JsonString(string());
            case 't' -> literal("true", new JsonBool(true));
            case 'f' -> literal("false", new JsonBool(false));
            case 'n' -> literal("null", new JsonNull());
            default -> {
                if (c == '-' || isDigit(c)) {
                    yield number();
                }
                throw error("unexpected character " + describe(c));
            }
        };
    }

    private JsonObject object(int depth) {
        checkDepth(depth);
        position++;
        Map<String, JsonValue> members = new LinkedHashMap<>();
        skipSpace();
        if (peek() == '}') {
            position++;
            return new JsonObject(members);
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw error("a member name in double quotes is expected");
            }
            int nameAt = position;
            String name = string();
            skipSpace();
            expect(':');
            JsonValue value = value(depth);
            if (members.put(name, value) != null) {
                position = nameAt;
                throw error("the key \"" + name + "\" stands twice in one object");
            }
            skipSpace();
            if (peek() == ',') {
                position++;
            } else {
                expect('}');
                return new JsonObject(members);
            }
        }
    }

    private JsonArray array(int depth) {
        checkDepth(depth);
        position++;
        List<JsonValue> items = new ArrayList<>();
        skipSpace();
        if (peek() == ']') {
            position++;
            return new JsonArray(items);
        }
        while (true) {
            items.add(value(depth));
            skipSpace();
            if (peek() == ',') {
                position++;
            } else {
                expect(']');
                return new JsonArray(items);
            }
        }
    }

    private void checkDepth(int depth) {
        if (depth > limits.maxDepth()) {
            throw error("nested deeper than " + limits.maxDepth());
        }
    }

    private String string() {
        int start = ++position;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                return text.substring(start, position++);
            }
            if (c == '\\') {
                return escapedString(start);
            }
            if (c < 0x20) {
                throw error("a control character must be escaped in a string");
            }
            position++;
        }
        throw error("the string has no end");
    }

    private String escapedString(int start) {
        StringBuilder out = new StringBuilder(text.substring(start, position));
        boolean escapedSurrogate = false;
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '"') {
                String string = out.toString();
                if (escapedSurrogate && JsonWriter.hasLoneSurrogate(string)) {
                    throw error("half of a surrogate pair in a string");
                }
                position++;
                return string;
            }
            if (c < 0x20) {
                throw error("a control character must be escaped in a string");
            }
            position++;
            if (c == '\\') {
                c = escape();
                escapedSurrogate |= Character.isSurrogate(c);
            }
            out.append(c);
        }
        throw error("the string has no end");
    }

    private char escape() {
        if (position >= text.length()) {
            throw error("the string has no end");
        }
        char c = text.charAt(position++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex4();
            default -> throw error("unknown escape \\" + c);
        };
    }

    private char hex4() {
        if (position + 4 > text.length()) {
            throw error("\\u needs four hexadecimal digits");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
            char c = text.charAt(position++);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw error("\\u needs four hexadecimal digits");
            }
            code = code << 4 | digit;
        }
        return (char) code;
    }

    private JsonNumber number() {
        int start = position;
        if (peek() == '-') {
            position++;
        }
        if (peek() == '0') {
            position++;
            if (isDigit(peek())) {
                throw error("a number must not start with 0");
            }
        } else {
            digits();
        }
        boolean plain = true;
        if (peek() == '.') {
            plain = false;
            position++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            plain = false;
            position++;
            if (peek() == '+' || peek() == '-') {
                position++;
            }
            int exponentAt = position;
            digits();
            checkExponent(exponentAt);
        }
        if (position - start > MAX_NUMBER_LENGTH) {
            throw error("a number of more than " + MAX_NUMBER_LENGTH + " characters");
        }
        if (plain && position - start <= MAX_LONG_LENGTH) {
            return JsonNumber.of(Long.parseLong(text, start, position, 10));
        }
        return new JsonNumber(new BigDecimal(text.substring(start, position)));
    }

    private void checkExponent(int from) {
        boolean tooLong = position - from > 6;
        if (tooLong || Integer.parseInt(text.substring(from, position)) > MAX_EXPONENT) {
            throw error("an exponent beyond " + MAX_EXPONENT);
        }
    }

    private void digits() {
        if (!isDigit(peek())) {
            throw error("a digit is expected");
        }
        while (isDigit(peek())) {
            position++;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private JsonValue literal(String word, JsonValue value) {
        if (!text.startsWith(word, position)) {
            throw error("an unknown word; JSON knows true, false and null");
        }
        position += word.length();
        return value;
    }

    private int peek() {
        return position < text.length() ? text.charAt(position) : -1;
    }

    private void expect(char c) {
        if (peek() != c) {
            throw error("'" + c + "' is expected");
        }
        position++;
    }

    private void skipSpace() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return;
            }
            position++;
        }
    }

    private static String describe(char c) {
        return c > 0x20 && c < 0x7f ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }

    private JsonSyntaxException error(String problem) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < position && i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return new JsonSyntaxException(line, column, problem);
    }
}
