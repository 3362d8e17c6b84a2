package dev.mayfly.store.sqlite;

import dev.mayfly.store.Row;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The cursor of a result set as a row. */
final class SqliteRow implements Row {
    private final Path file;
    private final ResultSet rows;

    SqliteRow(Path file, ResultSet rows) {
        this.file = file;
        this.rows = rows;
    }

    @Override
    public boolean isNull(String column) {
        try {
            return rows.getObject(column) == null;
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        }
    }

    @Override
    public String text(String column) {
        try {
            return present(rows.getString(column), column);
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        }
    }

    @Override
    public long integer(String column) {
        try {
            long value = rows.getLong(column);
            return present(rows.wasNull() ? null : value, column);
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        }
    }

    @Override
    public double real(String column) {
        try {
            double value = rows.getDouble(column);
            return present(rows.wasNull() ? null : value, column);
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        }
    }

    @Override
    public byte[] blob(String column) {
        try {
            return present(rows.getBytes(column), column);
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        }
    }

    private static <T> T present(@Nullable T value, String column) {
        if (value == null) {
            throw new IllegalStateException("column " + column + " is NULL where a value is expected");
        }
        return value;
    }
}
