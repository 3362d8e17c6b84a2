package dev.mayfly.store;

/** Makes a record of a row. Called while the store holds a reader: no waiting, no further queries. */
@FunctionalInterface
public interface RowMapper<T> {
    T map(Row row);
}
