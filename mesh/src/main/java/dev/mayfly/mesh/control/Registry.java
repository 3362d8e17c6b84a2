package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.store.Batch;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Row;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Agents and their cards, kept. The table of cards has the columns that the open-source R-Pingmesh controller gives it. */
public final class Registry {
    public static final Schema SCHEMA = Schema.of(
            "mesh",
            Migration.of(
                    1,
                    "cards of agents",
                    """
                    CREATE TABLE rnics (
                      rnic_gid TEXT NOT NULL,
                      qpn INTEGER NOT NULL,
                      agent_id TEXT NOT NULL,
                      rnic_ip TEXT NOT NULL,
                      tor_id TEXT NOT NULL,
                      hostname TEXT NOT NULL,
                      device_name TEXT NOT NULL,
                      last_updated_epoch INTEGER NOT NULL,
                      qkey INTEGER NOT NULL,
                      source_ports TEXT NOT NULL,
                      PRIMARY KEY (agent_id, rnic_gid)
                    ) STRICT
                    """,
                    "CREATE INDEX rnics_of_tor ON rnics (tor_id)",
                    "CREATE INDEX rnics_by_age ON rnics (last_updated_epoch)"));

    private final Sql sql;

    public Registry(Sql sql) {
        this.sql = sql;
    }

    /** Takes the place of all that the agent had. */
    public void put(Registration registration, Instant now) {
        List<Statement> statements = new ArrayList<>();
        statements.add(Statement.of("DELETE FROM rnics WHERE agent_id = ?", registration.agent()));
        for (Card card : registration.cards()) {
            statements.add(Statement.of(
                    "INSERT INTO rnics (rnic_gid, qpn, agent_id, rnic_ip, tor_id, hostname, device_name,"
                            + " last_updated_epoch, qkey, source_ports) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    card.address().toString(),
                    card.queuePair(),
                    registration.agent(),
                    card.address().toString(),
                    card.tor(),
                    registration.host(),
                    card.device(),
                    now.getEpochSecond(),
                    Integer.toUnsignedLong(card.queueKey()),
                    card.sourcePorts().stream().map(String::valueOf).collect(Collectors.joining(","))));
        }
        // An agent registers again by itself, so a power cut loses nothing that does not come back.
        sql.execute(new Batch(statements).withoutSync());
    }

    /** These agents were heard of. */
    public void touch(List<String> agents, Instant now) {
        List<Statement> statements = agents.stream()
                .limit(Batch.MAX_STATEMENTS)
                .map(agent -> Statement.of(
                        "UPDATE rnics SET last_updated_epoch = ? WHERE agent_id = ?", now.getEpochSecond(), agent))
                .toList();
        if (!statements.isEmpty()) {
            sql.execute(new Batch(statements).withoutSync());
        }
    }

    /** Takes away agents that were not heard of since then, and returns who is left. */
    public List<Registration> sweep(Instant since) {
        sql.execute(Batch.of(Statement.of("DELETE FROM rnics WHERE last_updated_epoch < ?", since.getEpochSecond()))
                .withoutSync());
        return all();
    }

    public List<Registration> all() {
        record Line(String agent, String host, Card card) {}
        List<Line> lines = sql.query(
                Statement.of("SELECT * FROM rnics ORDER BY agent_id, rnic_gid"),
                row -> new Line(row.text("agent_id"), row.text("hostname"), card(row)));
        Map<String, List<Line>> byAgent =
                lines.stream().collect(Collectors.groupingBy(Line::agent, LinkedHashMap::new, Collectors.toList()));
        return byAgent.values().stream()
                .map(each -> new Registration(
                        each.getFirst().agent(),
                        each.getFirst().host(),
                        each.stream().map(Line::card).toList()))
                .toList();
    }

    private static Card card(Row row) {
        String ports = row.text("source_ports");
        return new Card(
                IpAddress.parse(row.text("rnic_gid")),
                (int) row.integer("qpn"),
                (int) row.integer("qkey"),
                row.text("device_name"),
                row.text("tor_id"),
                ports.isEmpty()
                        ? List.of()
                        : Arrays.stream(ports.split(",")).map(Integer::valueOf).toList());
    }
}
