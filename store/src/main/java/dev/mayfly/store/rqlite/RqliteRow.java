package dev.mayfly.store.rqlite;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.store.Row;
import java.util.Base64;
import java.util.List;

/** One row of an answer. Bytes come as base64, whole real numbers without a point. */
final class RqliteRow implements Row {
    private final RqliteFailure failures;
    private final String sql;
    private final List<String> columns;
    private final JsonArray values;

    RqliteRow(RqliteFailure failures, String sql, List<String> columns, JsonArray values) {
        this.failures = failures;
        this.sql = sql;
        this.columns = columns;
        this.values = values;
    }

    private JsonValue value(String column) {
        int at = columns.indexOf(column);
        for (int i = 0; at < 0 && i < columns.size(); i++) {
            at = columns.get(i).equalsIgnoreCase(column) ? i : at;
        }
        if (at < 0) {
            throw failures.ofStatement("read", sql, "no such column in the answer: " + column);
        }
        return values.items().get(at);
    }

    private JsonValue present(String column) {
        JsonValue value = value(column);
        if (value instanceof JsonNull) {
            throw new IllegalStateException("column " + column + " is NULL where a value is expected");
        }
        return value;
    }

    private IllegalStateException another(String column, JsonValue value, String wanted) {
        return new IllegalStateException(
                "column " + column + " is a " + value.kind() + " where " + wanted + " is expected");
    }

    @Override
    public boolean isNull(String column) {
        return value(column) instanceof JsonNull;
    }

    @Override
    public String text(String column) {
        return switch (present(column)) {
            case JsonString(String text) -> text;
            case JsonNumber number -> number.toString();
            case JsonValue other -> throw another(column, other, "a text");
        };
    }

    @Override
    public long integer(String column) {
        return switch (present(column)) {
            case JsonNumber number -> number.exactLong().orElseThrow(() -> another(column, number, "an integer"));
            case JsonBool bool -> bool.value() ? 1 : 0;
            case JsonValue other -> throw another(column, other, "an integer");
        };
    }

    @Override
    public double real(String column) {
        return switch (present(column)) {
            case JsonNumber number -> number.value().doubleValue();
            case JsonValue other -> throw another(column, other, "a number");
        };
    }

    @Override
    public byte[] blob(String column) {
        return switch (present(column)) {
            case JsonString(String base64) -> Base64.getDecoder().decode(base64);
            case JsonValue other -> throw another(column, other, "a row of bytes");
        };
    }
}
