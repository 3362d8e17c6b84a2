package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.store.SqlValue;
import dev.mayfly.store.Statement;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** One connection and its prepared statements. Used by one thread at a time. */
final class SqliteConnection implements AutoCloseable {
    /** Enough for all statements of one program; a bound, because SQL texts might come from a loop by mistake. */
    private static final int MAX_PREPARED = 200;

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<String, PreparedStatement> steps = new HashMap<>();

    private boolean synced = true;

    private SqliteConnection(Connection connection) {
        this.connection = connection;
    }

    static SqliteConnection writer(Path file, SqliteOptions options) throws SQLException {
        SQLiteConfig config = config(options);
        SqliteConnection writer = new SqliteConnection(config.createConnection(url(file)));
        try {
            writer.configure(file, options);
            return writer;
        } catch (SQLException | RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    static SqliteConnection reader(Path file, SqliteOptions options) throws SQLException {
        SQLiteConfig config = config(options);
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setReadOnly(true);
        return new SqliteConnection(config.createConnection(url(file)));
    }

    private static SQLiteConfig config(SqliteOptions options) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(Math.toIntExact(options.busyTimeout().toMillis()));
        // Else the driver asks for the last row's number after each INSERT; nobody here wants it.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static String url(Path file) {
        return "jdbc:sqlite:" + file;
    }

    private void configure(Path file, SqliteOptions options) throws SQLException {
        run("PRAGMA journal_mode = WAL");
        if (!pragma("journal_mode").equals("wal")) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot open the state in " + file,
                    "its file system lacks the shared memory that the write-ahead log needs",
                    "choose a --home on a local disk");
        }
        // FULL makes every commit an fsync of the log: what was acknowledged survives a power cut. NORMAL does not.
        run("PRAGMA synchronous = FULL");
        run("PRAGMA foreign_keys = ON");
        // Functions and virtual tables named in the file itself are not to be trusted more than the file.
        run("PRAGMA trusted_schema = OFF");
        run("PRAGMA journal_size_limit = " + (64L << 20));
        if (options.maxBytes() > 0) {
            long pages = Math.max(1, options.maxBytes() / Long.parseLong(pragma("page_size")));
            run("PRAGMA max_page_count = " + pages);
        }
    }

    /**
     * Whether commits from now on wait for the disk; not to be changed within a transaction. Without it a commit is in
     * the log but not synced; the next one that is syncs all of the log before it, so a power cut leaves no gaps
     * (https://sqlite.org/pragma.html#pragma_synchronous).
     */
    void sync(boolean wanted) throws SQLException {
        if (wanted != synced) {
            run("PRAGMA synchronous = " + (wanted ? "FULL" : "NORMAL"));
            synced = wanted;
        }
    }

    String pragma(String name) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA " + name)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    /** A constant text without parameters, not kept prepared: BEGIN, COMMIT, PRAGMA, DDL. */
    void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A constant text that comes again and again, kept prepared: what begins and ends a transaction. */
    void step(String sql) throws SQLException {
        PreparedStatement ready = steps.get(sql);
        if (ready == null) {
            ready = connection.prepareStatement(sql);
            steps.put(sql, ready);
        }
        try {
            ready.execute();
        } catch (SQLException e) {
            // As with other statements, the driver may have closed it.
            steps.remove(sql);
            closeAfter(ready, e);
            throw e;
        }
    }

    /** Rows changed. */
    int update(Statement statement) throws SQLException {
        try {
            return prepare(statement).executeUpdate();
        } catch (SQLException e) {
            if (!SqliteFailure.isConstraint(e)) {
                // The driver closes a statement after some failures, a full disk among them.
                discard(statement, e);
            }
            throw e;
        }
    }

    private void discard(Statement statement, SQLException failure) {
        PreparedStatement broken = prepared.remove(statement.sql());
        if (broken != null) {
            closeAfter(broken, failure);
        }
    }

    private static void closeAfter(PreparedStatement broken, SQLException failure) {
        try {
            broken.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** The result set must be closed; the statement behind it stays prepared. */
    ResultSet query(Statement statement) throws SQLException {
        try {
            return prepare(statement).executeQuery();
        } catch (SQLException e) {
            discard(statement, e);
            throw e;
        }
    }

    private PreparedStatement prepare(Statement statement) throws SQLException {
        PreparedStatement ready = prepared.get(statement.sql());
        if (ready == null) {
            ready = connection.prepareStatement(statement.sql());
            prepared.put(statement.sql(), ready);
            forgetEldest();
        }
        int expected = ready.getParameterMetaData().getParameterCount();
        if (expected != statement.parameters().size()) {
            throw new SQLException("the statement takes " + expected + " values, "
                    + statement.parameters().size() + " are given: " + statement.sql());
        }
        for (int i = 0; i < expected; i++) {
            bind(ready, i + 1, statement.parameters().get(i));
        }
        return ready;
    }

    private void forgetEldest() throws SQLException {
        if (prepared.size() > MAX_PREPARED) {
            var eldest = prepared.entrySet().iterator();
            eldest.next().getValue().close();
            eldest.remove();
        }
    }

    private static void bind(PreparedStatement statement, int index, SqlValue value) throws SQLException {
        // Not a pattern switch: every start of a short command would link it.
        if (value instanceof SqlValue.Text text) {
            statement.setString(index, text.value());
        } else if (value instanceof SqlValue.Int number) {
            statement.setLong(index, number.value());
        } else if (value instanceof SqlValue.Real number) {
            statement.setDouble(index, number.value());
        } else if (value instanceof SqlValue.Blob blob) {
            statement.setBytes(index, blob.value());
        } else {
            statement.setNull(index, java.sql.Types.NULL);
        }
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
        prepared.clear();
        for (PreparedStatement step : steps.values()) {
            step.close();
        }
        steps.clear();
        connection.close();
    }
}
