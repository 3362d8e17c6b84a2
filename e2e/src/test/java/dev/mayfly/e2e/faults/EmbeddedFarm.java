package dev.mayfly.e2e.faults;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.embedded.EmbeddedEngine;
import dev.mayfly.queue.embedded.EmbeddedSettings;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Two workers and a service in one home, whose {@code queue.db} is all there is. This test is a fourth process on it. */
public final class EmbeddedFarm implements Farm {
    private final Path home;
    private final QueueEngine publisher;

    public EmbeddedFarm(Path home) {
        this.home = home;
        this.publisher = EmbeddedEngine.start(
                SqliteStore.open(
                        home.resolve("queue.db"),
                        EmbeddedEngine.SCHEMA,
                        SqliteOptions.DEFAULT,
                        Clock.systemUTC(),
                        Log.off()),
                new EmbeddedSettings(Duration.ofMillis(500), Duration.ofSeconds(1), 1_000_000),
                Clock.systemUTC(),
                Ticker.system(),
                IdSource.random(),
                Log.off());
    }

    @Override
    public List<Path> homes() {
        return List.of(home, home);
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("MAYFLY_QUEUE", "embedded");
    }

    @Override
    public void publishRaw(byte[] body) {
        publisher.queue().publish(new Message("run.req.default", OldClient.messageId(body), body));
    }

    @Override
    public List<Row> ledger() throws SQLException {
        return query("SELECT id, summary, state, fence, answer FROM job", rows -> {
            String answer = rows.getString("answer");
            return new Row(
                    rows.getString("id"),
                    Job.tagIn(rows.getString("summary")),
                    rows.getString("state"),
                    rows.getLong("fence"),
                    answer == null ? "" : OldClient.result(answer));
        });
    }

    @Override
    public long left() throws SQLException {
        return query("SELECT count(*) AS n FROM line", rows -> rows.getLong("n"))
                .getFirst();
    }

    @Override
    public List<String> letters() throws SQLException {
        return query("SELECT body FROM dead_letter", rows -> new String(rows.getBytes("body"), StandardCharsets.UTF_8));
    }

    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> query(String sql, Reading<T> reading) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("queue.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(reading.read(rows));
                }
                return all;
            }
        }
    }

    /** Nobody is told anything here: who waits reads the ledger, through the service. */
    @Override
    public Map<String, Set<String>> heard() {
        return Map.of();
    }

    @Override
    public String disturb(RandomGenerator chance) {
        return "";
    }

    @Override
    public void close() {
        publisher.close();
    }
}
