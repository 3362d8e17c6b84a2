package dev.mayfly.store;

import java.util.List;
import java.util.Optional;

/**
 * Relational state. Safe for concurrent use; calls block the calling thread, which should be a virtual one.
 *
 * <p>Failures of the store itself are {@code MayflyException}s with the codes {@code STATE_UNAVAILABLE} and
 * {@code STATE_CORRUPT}; a statement that is wrong is {@code INTERNAL}.
 */
public interface Sql extends AutoCloseable {
    /**
     * Applies all statements in order, or none. Returns once an applied batch is as durable as it asks for. An interrupt does not cut the
     * wait short, because what to do next depends on the answer; the flag stays set.
     */
    BatchResult execute(Batch batch);

    /** All rows of a query as of the last applied batch, bounded by {@link #MAX_ROWS}. */
    <T> List<T> query(Statement query, RowMapper<T> mapper);

    /** More rows than this are a failure: such a query needs a LIMIT. */
    int MAX_ROWS = 1_000_000;

    /** A batch of one statement. */
    default BatchResult execute(Statement statement) {
        return execute(Batch.of(statement));
    }

    /** The first row, when there is one. */
    default <T> Optional<T> queryFirst(Statement query, RowMapper<T> mapper) {
        List<T> rows = query(query, mapper);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
    }

    @Override
    void close();
}
