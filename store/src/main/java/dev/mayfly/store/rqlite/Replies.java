package dev.mayfly.store.rqlite;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The results that rqlite gives for statements, read as far as we need them. */
final class Replies {
    private Replies() {}

    /** What it says of one statement: how many rows were changed, or why it failed. */
    record Change(long rows, Optional<String> error) {}

    /** Columns by name and rows by place, or why there are none. */
    record Rows(List<String> columns, List<JsonArray> values, Optional<String> error) {
        Rows {
            columns = List.copyOf(columns);
            values = List.copyOf(values);
        }
    }

    static List<Change> changes(JsonArray results) {
        List<Change> changes = new ArrayList<>(results.items().size());
        for (JsonValue each : results.items()) {
            // What is zero is left out.
            long rows = each instanceof JsonObject object
                            && object.get("rows_affected").orElse(each) instanceof JsonNumber number
                    ? number.exactLong().orElse(0)
                    : 0;
            changes.add(new Change(rows, error(each)));
        }
        return changes;
    }

    static Rows rows(JsonArray results) {
        if (results.items().isEmpty() || !(results.items().getFirst() instanceof JsonObject result)) {
            return new Rows(List.of(), List.of(), Optional.of("an answer without a result"));
        }
        List<String> columns = new ArrayList<>();
        for (JsonValue column : items(result, "columns")) {
            columns.add(column instanceof JsonString(String name) ? name : "");
        }
        List<JsonArray> values = new ArrayList<>();
        for (JsonValue row : items(result, "values")) {
            if (!(row instanceof JsonArray array) || array.items().size() != columns.size()) {
                return new Rows(List.of(), List.of(), Optional.of("a row that has not one value for each column"));
            }
            values.add(array);
        }
        return new Rows(columns, values, error(result));
    }

    private static List<JsonValue> items(JsonObject of, String name) {
        return of.get(name).orElse(of) instanceof JsonArray array ? array.items() : List.of();
    }

    private static Optional<String> error(JsonValue result) {
        return result instanceof JsonObject object && object.get("error").orElse(result) instanceof JsonString(String e)
                ? Optional.of(e)
                : Optional.empty();
    }
}
