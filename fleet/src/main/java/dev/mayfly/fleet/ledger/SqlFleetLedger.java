package dev.mayfly.fleet.ledger;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.server.AgentRecord;
import dev.mayfly.fleet.server.FleetLedger;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The ledger in a relational store. Each write is one batch that begins with the question who is the server. */
public final class SqlFleetLedger implements FleetLedger {
    /** What the store must be opened with. */
    public static final Schema SCHEMA = FleetSchema.SCHEMA;

    /** Two that start at once take turns; a third round means that something else is wrong. */
    private static final int TRIES = 8;

    private final Sql sql;

    /** @param sql opened with {@link #SCHEMA}; not closed by this */
    public SqlFleetLedger(Sql sql) {
        this.sql = Objects.requireNonNull(sql, "sql");
    }

    @Override
    public Recovered takeOver() {
        for (int i = 0; i < TRIES; i++) {
            long before = epoch();
            Statement mine = Statement.of("UPDATE server SET epoch = ? WHERE epoch = ?", before + 1, before)
                    .mustChange(1);
            if (sql.execute(mine).isApplied()) {
                return recovered(before + 1);
            }
        }
        throw conflict("other servers take over again and again", "see to it that one server is started, not several");
    }

    private long epoch() {
        return sql.queryFirst(Statement.of("SELECT epoch FROM server"), row -> row.integer("epoch"))
                .orElseThrow();
    }

    private Recovered recovered(long epoch) {
        Fence last = sql.queryFirst(
                        Statement.of("SELECT last_fence FROM server"), row -> new Fence(row.integer("last_fence")))
                .orElseThrow();
        return new Recovered(
                epoch,
                last,
                sql.query(
                        Statement.of("SELECT " + RunnerRow.COLUMNS + " FROM runner ORDER BY since, id"),
                        RunnerRow::read),
                sql.query(
                        Statement.of("SELECT id, hostname, session, drained FROM agent ORDER BY id"),
                        row -> new AgentRecord(
                                new AgentId(row.text("id")),
                                row.text("hostname"),
                                row.integer("session"),
                                row.bool("drained"))));
    }

    @Override
    public void write(long epoch, List<Change> changes) {
        if (changes.isEmpty()) {
            if (epoch() != epoch) {
                throw superseded();
            }
            return;
        }
        List<Statement> statements = new ArrayList<>();
        statements.add(Statement.of("UPDATE server SET epoch = epoch WHERE epoch = ?", epoch)
                .mustChange(1));
        changes.forEach(change -> add(statements, change));
        if (sql.execute(new Batch(statements)) instanceof BatchResult.Conflict conflict) {
            throw conflict.statement() == 0
                    ? superseded()
                    : conflict("an identity was given before: " + conflict.reason(), "start the server again");
        }
    }

    private static void add(List<Statement> statements, Change change) {
        switch (change) {
            case Change.Runner runner -> statements.add(RunnerRow.put(runner.record()));
            case Change.RunnerForgotten forgotten ->
                statements.add(Statement.of(
                        "DELETE FROM runner WHERE id = ?", forgotten.id().value()));
            case Change.Agent agent ->
                statements.add(Statement.of(
                        "INSERT OR REPLACE INTO agent (id, hostname, session, drained) VALUES (?, ?, ?, ?)",
                        agent.record().id().value(),
                        agent.record().hostname(),
                        agent.record().session(),
                        agent.record().drained()));
            case Change.AgentForgotten forgotten ->
                statements.add(Statement.of(
                        "DELETE FROM agent WHERE id = ?", forgotten.id().value()));
            case Change.FenceGiven given ->
                statements.add(Statement.of(
                        "UPDATE server SET last_fence = ?", given.fence().value()));
            case Change.IdentityGiven given -> {
                String insert = "INSERT INTO given (identity) VALUES (?)";
                statements.add(Statement.of(insert, given.identity().machine().value()));
                statements.add(Statement.of(insert, given.identity().mac().value()));
            }
        }
    }

    @Override
    public boolean isTaken(Identity identity) {
        return sql.queryFirst(
                        Statement.of(
                                "SELECT 1 AS one FROM given WHERE identity IN (?, ?)",
                                identity.machine().value(),
                                identity.mac().value()),
                        row -> row.integer("one"))
                .isPresent();
    }

    @Override
    public List<Identity> free(List<Identity> candidates) {
        List<Object> halves = candidates.stream()
                .flatMap(identity -> Stream.<Object>of(
                        identity.machine().value(), identity.mac().value()))
                .toList();
        String marks = String.join(", ", Collections.nCopies(halves.size(), "?"));
        Set<String> taken = Set.copyOf(sql.query(
                Statement.of("SELECT identity FROM given WHERE identity IN (" + marks + ")", halves.toArray()),
                row -> row.text("identity")));
        return candidates.stream()
                .filter(identity -> !taken.contains(identity.machine().value())
                        && !taken.contains(identity.mac().value()))
                .toList();
    }

    private static MayflyException superseded() {
        return conflict(
                "another server has taken over since this one started",
                "let this one end, and see to it that one server is started, not several");
    }

    private static MayflyException conflict(String why, String fix) {
        return new MayflyException(ErrorCode.CONFLICT, "the state of the fleet was not written", why, fix);
    }
}
