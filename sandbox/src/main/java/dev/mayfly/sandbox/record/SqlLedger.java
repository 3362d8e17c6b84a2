package dev.mayfly.sandbox.record;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Row;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The ledger in a relational store. */
public final class SqlLedger implements Ledger {
    /** Everything this room keeps in the store. */
    public static final Schema SCHEMA = Schema.of(
            "ledger",
            Migration.of(
                    1,
                    "runs",
                    """
                    CREATE TABLE run (
                        number INTEGER PRIMARY KEY,
                        run_id TEXT NOT NULL,
                        finished_at INTEGER NOT NULL,
                        command TEXT NOT NULL,
                        verdict TEXT NOT NULL,
                        risk_score INTEGER NOT NULL,
                        backend TEXT NOT NULL,
                        duration_ms INTEGER NOT NULL,
                        result_digest TEXT NOT NULL,
                        result TEXT NOT NULL
                    ) STRICT""",
                    "CREATE INDEX run_by_id ON run (run_id, number)",
                    "CREATE INDEX run_by_verdict ON run (verdict, number)"),
            Migration.of(
                    2,
                    "marks of runs",
                    "ALTER TABLE run ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
                    "CREATE INDEX run_by_mark ON run (mark) WHERE mark <> ''"),
            Migration.of(3, "runs by time", "CREATE INDEX run_by_time ON run (finished_at)"));

    private static final String COLUMNS =
            "number, run_id, finished_at, command, verdict, risk_score, backend, duration_ms, result_digest, result,"
                    + " mark";

    /** Greater than every character that a run id may have. */
    private static final String AFTER = "~";

    /** Rows removed in one transaction: results can be large, and recording a run must not wait for long. */
    private static final int REMOVED_AT_ONCE = 200;

    private final Sql sql;

    public SqlLedger(Sql sql) {
        this.sql = sql;
    }

    @Override
    public void record(LedgerEntry entry) {
        BatchResult result = sql.execute(Statement.of(
                "INSERT INTO run (run_id, finished_at, command, verdict, risk_score, backend, duration_ms,"
                        + " result_digest, result, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                entry.runId(),
                entry.finishedAt(),
                entry.command(),
                entry.verdict(),
                entry.riskScore(),
                entry.backend(),
                entry.durationMillis(),
                entry.resultDigest(),
                entry.result(),
                entry.mark()));
        if (result instanceof BatchResult.Conflict(int _, String reason)) {
            throw new MayflyException(
                    ErrorCode.INTERNAL,
                    "the run " + entry.runId() + " was not recorded",
                    "the ledger refused the row: " + reason,
                    "this is a fault of this program: report it");
        }
    }

    @Override
    public Optional<LedgerEntry> marked(String mark) {
        return sql.queryFirst(
                Statement.of(
                        "SELECT " + COLUMNS + " FROM run WHERE mark = ? AND mark <> '' ORDER BY number LIMIT 1", mark),
                SqlLedger::entry);
    }

    @Override
    public List<LedgerEntry> newest(int most, Optional<String> verdict) {
        Statement query = verdict.map(word -> Statement.of(
                        "SELECT " + COLUMNS + " FROM run WHERE verdict = ? ORDER BY number DESC LIMIT ?", word, most))
                .orElseGet(() -> Statement.of("SELECT " + COLUMNS + " FROM run ORDER BY number DESC LIMIT ?", most));
        return sql.query(query, SqlLedger::entry);
    }

    @Override
    public List<LedgerEntry> startingWith(String runId, int most) {
        return sql.query(
                Statement.of(
                        "SELECT " + COLUMNS + " FROM run WHERE number IN (SELECT max(number) FROM run"
                                + " WHERE run_id >= ? AND run_id < ? GROUP BY run_id ORDER BY run_id LIMIT ?)"
                                + " ORDER BY run_id",
                        runId,
                        runId + AFTER,
                        most),
                SqlLedger::entry);
    }

    @Override
    public int removeBefore(Instant time) {
        int removed = 0;
        int last;
        do {
            last = removeSome(time);
            removed += last;
        } while (last == REMOVED_AT_ONCE && !Thread.currentThread().isInterrupted());
        return removed;
    }

    private int removeSome(Instant time) {
        BatchResult result = sql.execute(Statement.of(
                "DELETE FROM run WHERE number IN (SELECT number FROM run WHERE finished_at < ?"
                        + " AND number < (SELECT max(number) FROM run) ORDER BY finished_at LIMIT ?)",
                time,
                REMOVED_AT_ONCE));
        return result instanceof BatchResult.Applied(List<Integer> changes) ? changes.getFirst() : 0;
    }

    private static LedgerEntry entry(Row row) {
        return new LedgerEntry(
                row.integer("number"),
                row.text("run_id"),
                row.time("finished_at"),
                row.text("command"),
                row.text("verdict"),
                (int) row.integer("risk_score"),
                row.text("backend"),
                row.integer("duration_ms"),
                row.text("result_digest"),
                row.text("result"),
                row.text("mark"));
    }
}
