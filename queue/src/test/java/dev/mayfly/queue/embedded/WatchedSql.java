package dev.mayfly.queue.embedded;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.RowMapper;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that notes what it is asked, counts what it is told to change, and fails when it is told to. */
final class WatchedSql implements Sql {
    private final Sql sql;
    private final Map<String, Statement> statements = new ConcurrentHashMap<>();
    private final AtomicInteger queries = new AtomicInteger();
    private final AtomicInteger applied = new AtomicInteger();
    private volatile boolean failing;
    private volatile boolean blind;

    WatchedSql(Sql sql) {
        this.sql = sql;
    }

    void fail(boolean fail) {
        failing = fail;
    }

    /** Hides messages from those who look for what other processes published. */
    void blind() {
        blind = true;
    }

    /** Batches that changed something until now; each is a commit when nobody else writes. */
    int applied() {
        return applied.get();
    }

    int queries() {
        return queries.get();
    }

    /** One of each text. */
    List<Statement> statements() {
        return List.copyOf(statements.values());
    }

    @Override
    public BatchResult execute(Batch batch) {
        check();
        batch.statements().forEach(statement -> statements.put(statement.sql(), statement));
        BatchResult result = sql.execute(batch);
        if (result.isApplied()) {
            applied.incrementAndGet();
        }
        return result;
    }

    @Override
    public <T> List<T> query(Statement query, RowMapper<T> mapper) {
        check();
        queries.incrementAndGet();
        statements.put(query.sql(), query);
        if (blind && query.sql().startsWith("SELECT count(*) AS n FROM (SELECT 1 FROM line")) {
            return List.of();
        }
        return sql.query(query, mapper);
    }

    private void check() {
        if (failing) {
            throw new MayflyException(ErrorCode.STATE_UNAVAILABLE, "the disk is gone", "a test says so", "wait");
        }
    }

    @Override
    public void close() {
        sql.close();
    }
}
