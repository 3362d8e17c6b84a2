package dev.mayfly.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * One SQL statement with a value for each {@code ?}. The text is a constant of the program; values never go into it.
 *
 * @param mustChange when present, the batch conflicts unless the statement changes exactly so many rows
 */
public record Statement(String sql, List<SqlValue> parameters, OptionalInt mustChange) {
    public Statement {
        Objects.requireNonNull(sql, "sql");
        Objects.requireNonNull(mustChange, "mustChange");
        parameters = List.copyOf(parameters);
    }

    /** @param values see {@link SqlValue#of} */
    public static Statement of(String sql, Object... values) {
        List<SqlValue> parameters = new ArrayList<>(values.length);
        for (Object value : values) {
            parameters.add(SqlValue.of(value));
        }
        return new Statement(sql, parameters, OptionalInt.empty());
    }

    /** The compare-and-set guard: {@code UPDATE … SET version = 8 WHERE id = ? AND version = 7} must change one row. */
    public Statement mustChange(int rows) {
        return new Statement(sql, parameters, OptionalInt.of(rows));
    }
}
