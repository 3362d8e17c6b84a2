package dev.mayfly.queue.embedded;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Sql;
import dev.mayfly.store.SqlValue;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The rows of jobs in a relational store. */
final class SqlJobLedger implements JobLedger {
    /** A bound on what one batch holds up. */
    private static final int FORGOTTEN_AT_ONCE = 200;

    /** Greater than every character that a job id may have. */
    private static final String AFTER = "~";

    private static final String ALL = "SELECT " + JobRow.COLUMNS + " FROM job ";

    private static final String BEAT = """
            INSERT INTO epoch (id, beat, at) VALUES (?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, at = excluded.at""";

    private static final String FORGET_JOBS = """
            DELETE FROM job WHERE number IN (SELECT number FROM job
                WHERE state IN ('done', 'dead', 'cancelled', 'indeterminate') AND changed_at < ? LIMIT ?)""";

    private static final String FORGET_EPOCHS = """
            DELETE FROM epoch WHERE at < ?
                AND id NOT IN (SELECT owner_id FROM job WHERE state = 'running' AND owner_id IS NOT NULL)""";

    private final Sql sql;
    private final Clock clock;
    private final IdSource ids;

    SqlJobLedger(Sql sql, Clock clock, IdSource ids) {
        this.sql = sql;
        this.clock = clock;
        this.ids = ids;
    }

    @Override
    public Optional<JobEntry> find(JobId id) {
        return sql.queryFirst(Statement.of(ALL + "WHERE id = ?", id.value()), JobRow::read);
    }

    @Override
    public Optional<JobEntry> store(JobEntry entry) {
        JobEntry next = next(entry);
        return sql.execute(change(entry, next)).isApplied() ? Optional.of(next) : Optional.empty();
    }

    /** The entry with the version that it will have. */
    JobEntry next(JobEntry entry) {
        return entry.stored(entry.version() == 0 ? firstVersion() : entry.version() + 1);
    }

    /** Puts the next one in the place of the entry, and conflicts when that is not there any more. */
    static Statement change(JobEntry entry, JobEntry next) {
        List<SqlValue> row = JobRow.values(next);
        if (entry.version() == 0) {
            return new Statement(JobRow.INSERT, row, OptionalInt.of(1));
        }
        List<SqlValue> values = new ArrayList<>(row.subList(1, row.size()));
        values.add(SqlValue.of(entry.id().value()));
        values.add(SqlValue.of(entry.version()));
        return new Statement(JobRow.UPDATE, values, OptionalInt.of(1));
    }

    /**
     * Random, so that whoever still has a forgotten row in hands does not meet its version in the row made in its place.
     * 48 bits, which every reader of JSON takes for exactly that number.
     */
    private long firstVersion() {
        return 1 + Long.parseLong(ids.next().substring(0, 12), 16);
    }

    @Override
    public List<JobEntry> newest(int most, Optional<JobState> state) {
        Statement query = state.map(only -> Statement.of(
                        ALL + "WHERE state = ? ORDER BY changed_at DESC, number DESC LIMIT ?", only.word(), most))
                .orElseGet(() -> Statement.of(ALL + "ORDER BY changed_at DESC, number DESC LIMIT ?", most));
        return sql.query(query, JobRow::read);
    }

    @Override
    public List<JobEntry> startingWith(String prefix, int most) {
        return sql.query(
                Statement.of(ALL + "WHERE id >= ? AND id < ? ORDER BY id LIMIT ?", prefix, prefix + AFTER, most),
                JobRow::read);
    }

    @Override
    public void beat(Epoch epoch, long number) {
        sql.execute(Statement.of(BEAT, epoch.id(), number, clock.millis()));
    }

    @Override
    public OptionalLong lastBeat(Epoch epoch) {
        return sql
                .query(Statement.of("SELECT beat FROM epoch WHERE id = ?", epoch.id()), row -> row.integer("beat"))
                .stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    @Override
    public OptionalInt workersSince(Instant time) {
        return OptionalInt.of(
                sql.queryFirst(Statement.of("SELECT count(*) AS epochs FROM epoch WHERE at >= ?", time), row ->
                                (int) row.integer("epochs"))
                        .orElse(0));
    }

    @Override
    public int forgetBefore(Instant time) {
        int forgotten = 0;
        for (int last = FORGOTTEN_AT_ONCE; last == FORGOTTEN_AT_ONCE; forgotten += last) {
            last = changes(Statement.of(FORGET_JOBS, time, FORGOTTEN_AT_ONCE));
        }
        changes(Statement.of(FORGET_EPOCHS, time));
        return forgotten;
    }

    private int changes(Statement statement) {
        return sql.execute(statement) instanceof BatchResult.Applied(List<Integer> changes) ? changes.getFirst() : 0;
    }

    /** The store is closed by the engine. */
    @Override
    public void close() {}
}
