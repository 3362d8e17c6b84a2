package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Statement;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;

/**
 * Brings a file to the version of its schema, all steps in one transaction: two programs that start together wait for
 * each other, and a crash leaves the old version.
 */
final class SqliteMigrator {
    private final SqliteConnection connection;
    private final Path file;
    private final Schema schema;
    private final Clock clock;
    private final Log log;

    SqliteMigrator(SqliteConnection connection, Path file, Schema schema, Clock clock, Log log) {
        this.connection = connection;
        this.file = file;
        this.schema = schema;
        this.clock = clock;
        this.log = log;
    }

    void migrate() throws SQLException {
        // The common case at every start of a short command: nothing to do, and no write lock to take.
        if (version() == schema.version() && schema.version() > 0) {
            checkApplied(schema.version());
            return;
        }
        connection.run("BEGIN IMMEDIATE");
        try {
            int version = version();
            if (version > schema.version()) {
                throw newer(version);
            }
            connection.run("""
                    CREATE TABLE IF NOT EXISTS mayfly_migrations (
                      schema TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
                      applied_at INTEGER NOT NULL, PRIMARY KEY (schema, number))""");
            checkApplied(version);
            for (Migration migration : schema.migrations().subList(version, schema.version())) {
                apply(migration);
            }
            connection.run("PRAGMA user_version = " + schema.version());
            connection.run("COMMIT");
        } catch (SQLException | RuntimeException e) {
            rollBack(e);
            throw e;
        }
    }

    private void rollBack(Exception failure) {
        try {
            connection.run("ROLLBACK");
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private int version() throws SQLException {
        return Integer.parseInt(connection.pragma("user_version"));
    }

    private void apply(Migration migration) throws SQLException {
        for (String statement : migration.statements()) {
            connection.run(statement);
        }
        connection.update(Statement.of(
                "INSERT INTO mayfly_migrations (schema, number, name, checksum, applied_at) VALUES (?, ?, ?, ?, ?)",
                schema.name(),
                migration.number(),
                migration.name(),
                migration.checksum(),
                clock.instant()));
        log.info()
                .with("schema", schema.name())
                .with("number", migration.number())
                .with("name", migration.name())
                .log("schema migrated");
    }

    private void checkApplied(int version) throws SQLException {
        int seen = 0;
        try (ResultSet rows = connection.query(Statement.of(
                "SELECT number, checksum FROM mayfly_migrations WHERE schema = ? ORDER BY number", schema.name()))) {
            while (rows.next()) {
                seen++;
                int number = rows.getInt(1);
                if (number != seen || number > version) {
                    throw foreign("its list of migrations has a gap at " + seen);
                }
                if (!schema.migrations().get(number - 1).checksum().equals(rows.getString(2))) {
                    throw foreign("migration " + number + " was applied with another content");
                }
            }
        }
        if (seen != version) {
            throw foreign("it is at version " + version + " but lists " + seen + " migrations of " + schema.name());
        }
    }

    private MayflyException newer(int version) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "cannot open the state in " + file,
                "it has version " + version + " of the schema " + schema.name() + "; this program knows only up to "
                        + schema.version(),
                "use the newer Mayfly that wrote it, or choose another --home");
    }

    private MayflyException foreign(String why) {
        return new MayflyException(
                ErrorCode.STATE_CORRUPT,
                "the state in " + file + " was not made by a release of this program",
                why,
                "use the program that made it, or choose another --home");
    }
}
