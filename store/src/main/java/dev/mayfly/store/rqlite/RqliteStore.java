package dev.mayfly.store.rqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.RowMapper;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Relational state in a cluster of rqlite. */
public final class RqliteStore implements Sql {
    /** What the trigger says when a guard does not hold. */
    static final String GUARD = "mayfly: a guard does not hold";

    private final RqliteFailure failures;
    private final RqliteCluster cluster;

    private RqliteStore(RqliteFailure failures, RqliteCluster cluster) {
        this.failures = failures;
        this.cluster = cluster;
    }

    /**
     * Reaches the cluster and brings it to the schema's version.
     *
     * @throws MayflyException {@code STATE_UNAVAILABLE} or {@code STATE_CORRUPT}
     */
    public static RqliteStore open(RqliteOptions options, Schema schema, Clock clock, Log log) {
        RqliteFailure failures = new RqliteFailure(options);
        RqliteStore store = new RqliteStore(failures, new RqliteCluster(options, failures));
        try {
            new RqliteMigrator(store, failures, schema, clock, log.named("store")).migrate();
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    @Override
    public BatchResult execute(Batch batch) {
        List<JsonValue> sent = new ArrayList<>();
        // Which of ours each one sent belongs to.
        List<Integer> owners = new ArrayList<>();
        for (int i = 0; i < batch.statements().size(); i++) {
            Statement statement = batch.statements().get(i);
            sent.add(Wire.statement(statement));
            owners.add(i);
            OptionalInt must = statement.mustChange();
            if (must.isPresent()) {
                sent.add(Wire.statement(Statement.of(
                        "INSERT INTO mayfly_guard (changed, must) VALUES (changes(), ?)", must.getAsInt())));
                owners.add(i);
            }
        }
        List<Replies.Change> replies = Replies.changes(cluster.write(Wire.utf8(sent)));
        return result(batch, owners, replies);
    }

    private BatchResult result(Batch batch, List<Integer> owners, List<Replies.Change> replies) {
        List<Integer> changes = new ArrayList<>();
        for (int i = 0; i < replies.size() && i < owners.size(); i++) {
            int owner = owners.get(i);
            if (replies.get(i).error().isPresent()) {
                return failed(batch.statements().get(owner), owner, replies, i);
            }
            boolean guard = i > 0 && owners.get(i - 1) == owner;
            if (!guard) {
                changes.add(Math.toIntExact(replies.get(i).rows()));
            }
        }
        if (replies.size() != owners.size()) {
            throw failures.outcomeUnknown(
                    "write", replies.size() + " results for " + owners.size() + " statements, and none of them failed");
        }
        return new BatchResult.Applied(changes);
    }

    private BatchResult failed(Statement statement, int owner, List<Replies.Change> replies, int at) {
        String said = replies.get(at).error().orElseThrow();
        if (said.contains(GUARD)) {
            return new BatchResult.Conflict(
                    owner,
                    "changed " + replies.get(at - 1).rows() + " rows, must change "
                            + statement.mustChange().orElseThrow());
        }
        if (RqliteFailure.isConstraint(said)) {
            return new BatchResult.Conflict(owner, said);
        }
        throw failures.ofStatement("write", statement.sql(), said);
    }

    @Override
    public <T> List<T> query(Statement query, RowMapper<T> mapper) {
        Replies.Rows rows = Replies.rows(cluster.read(Wire.utf8(List.of(Wire.statement(query)))));
        if (rows.error().isPresent()) {
            throw failures.ofStatement("read", query.sql(), rows.error().get());
        }
        if (rows.values().size() > MAX_ROWS) {
            throw new MayflyException(
                    ErrorCode.INTERNAL,
                    "a query has more than " + MAX_ROWS + " rows",
                    query.sql(),
                    "this is a bug in Mayfly: it needs a LIMIT");
        }
        List<T> result = new ArrayList<>(rows.values().size());
        for (JsonArray values : rows.values()) {
            result.add(mapper.map(new RqliteRow(failures, query.sql(), rows.columns(), values)));
        }
        return result;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
