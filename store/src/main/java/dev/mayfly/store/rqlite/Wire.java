package dev.mayfly.store.rqlite;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.store.SqlValue;
import dev.mayfly.store.Statement;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Statements as rqlite reads them: arrays of the text and its values, https://rqlite.io/docs/api/api/.
 *
 * <p>A text that looks like {@code x'00ff'} would be taken for bytes, wherever it came from. So such a text travels as
 * its UTF-8 bytes, and its place in the statement becomes {@code CAST(? AS TEXT)}.
 */
final class Wire {
    /** Wider than what rqlite takes for bytes (ParseHex in db/state.go): any letter case, space around. */
    private static final Pattern LIKE_BYTES = Pattern.compile("\\s*[xX]'.*'\\s*", Pattern.DOTALL);

    private Wire() {}

    static JsonArray statement(Statement statement) {
        List<JsonValue> items = new ArrayList<>(statement.parameters().size() + 1);
        List<Integer> casts = new ArrayList<>();
        items.add(new JsonString(statement.sql()));
        for (int i = 0; i < statement.parameters().size(); i++) {
            SqlValue value = statement.parameters().get(i);
            if (value instanceof SqlValue.Text(String text)
                    && LIKE_BYTES.matcher(text).matches()) {
                casts.add(i);
                items.add(bytes(text.getBytes(StandardCharsets.UTF_8)));
            } else {
                items.add(value(value));
            }
        }
        if (!casts.isEmpty()) {
            items.set(0, new JsonString(Placeholders.of(statement.sql()).castToText(casts)));
        }
        return new JsonArray(items);
    }

    static byte[] utf8(List<JsonValue> statements) {
        return JsonWriter.compact(new JsonArray(statements)).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonValue value(SqlValue value) {
        return switch (value) {
            case SqlValue.Text(String text) -> new JsonString(text);
            case SqlValue.Int(long number) -> JsonNumber.of(number);
            // A whole number loses its point in JSON and arrives as an integer; a column of kind REAL makes it real
            // again.
            case SqlValue.Real(double number) -> new JsonNumber(BigDecimal.valueOf(number));
            case SqlValue.Blob(byte[] blob) -> bytes(blob);
            case SqlValue.Null() -> new JsonNull();
        };
    }

    private static JsonString bytes(byte[] bytes) {
        return new JsonString("x'" + HexFormat.of().formatHex(bytes) + "'");
    }
}
