package dev.mayfly.store.rqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Brings the cluster to the version of a schema, each migration as one batch that begins with its own row in the list of
 * migrations. Of two programs that start together one is refused by that row, and looks again. Several schemas may share
 * a cluster as long as their tables have different names.
 */
final class RqliteMigrator {
    /** A guard is an insert into a view that keeps nothing, and whose trigger refuses when the numbers differ. */
    private static final List<Statement> OWN = List.of(
            Statement.of("CREATE TABLE IF NOT EXISTS mayfly_migrations (schema TEXT NOT NULL, number INTEGER NOT NULL,"
                    + " name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,"
                    + " PRIMARY KEY (schema, number))"),
            Statement.of("CREATE VIEW IF NOT EXISTS mayfly_guard AS SELECT 0 AS changed, 0 AS must"),
            Statement.of("CREATE TRIGGER IF NOT EXISTS mayfly_guard_holds INSTEAD OF INSERT ON mayfly_guard"
                    + " WHEN NEW.changed <> NEW.must BEGIN SELECT RAISE(ABORT, '" + RqliteStore.GUARD + "'); END"));

    private final RqliteStore store;
    private final RqliteFailure failures;
    private final Schema schema;
    private final Clock clock;
    private final Log log;

    RqliteMigrator(RqliteStore store, RqliteFailure failures, Schema schema, Clock clock, Log log) {
        this.store = store;
        this.failures = failures;
        this.schema = schema;
        this.clock = clock;
        this.log = log;
    }

    void migrate() {
        requireForeignKeys();
        store.execute(new Batch(OWN));
        int version = applied();
        while (version < schema.version()) {
            if (apply(schema.migrations().get(version))) {
                version++;
            } else {
                version = applied();
            }
        }
    }

    /** How many migrations stand, each checked against ours. */
    private int applied() {
        List<String> checksums = store.query(
                Statement.of("SELECT checksum FROM mayfly_migrations WHERE schema = ? ORDER BY number", schema.name()),
                row -> row.text("checksum"));
        if (checksums.size() > schema.version()) {
            throw failures.failure(
                    ErrorCode.STATE_UNAVAILABLE,
                    "open",
                    "it has version " + checksums.size() + " of the schema " + schema.name()
                            + "; this program knows only up to " + schema.version(),
                    "use the newer Mayfly that wrote it, or another cluster");
        }
        for (int i = 0; i < checksums.size(); i++) {
            if (!checksums.get(i).equals(schema.migrations().get(i).checksum())) {
                throw failures.failure(
                        ErrorCode.STATE_CORRUPT,
                        "open",
                        "migration " + (i + 1) + " of " + schema.name() + " was applied with another content",
                        "use the program that made it, or another cluster");
            }
        }
        return checksums.size();
    }

    /** False when somebody else was first. */
    private boolean apply(Migration migration) {
        List<Statement> statements = new ArrayList<>();
        statements.add(Statement.of(
                "INSERT INTO mayfly_migrations (schema, number, name, checksum, applied_at) VALUES (?, ?, ?, ?, ?)",
                schema.name(),
                migration.number(),
                migration.name(),
                migration.checksum(),
                clock.instant()));
        migration.statements().forEach(each -> statements.add(Statement.of(each)));
        try {
            BatchResult result = store.execute(new Batch(statements));
            if (result instanceof BatchResult.Conflict(int statement, String reason)) {
                if (statement > 0) {
                    throw failures.ofStatement("open", migration.name(), reason);
                }
                return false;
            }
        } catch (MayflyException e) {
            if (e.why().contains("already exists")) {
                throw failures.failure(
                        ErrorCode.STATE_UNAVAILABLE,
                        "open",
                        "something else in it has a name that the schema " + schema.name() + " needs: " + e.why(),
                        "give " + schema.name() + " a cluster of its own");
            }
            throw e;
        }
        log.info()
                .with("schema", schema.name())
                .with("number", migration.number())
                .with("name", migration.name())
                .log("schema migrated");
        return true;
    }

    /** They are off unless the nodes are told otherwise, and a schema that relies on them would rely on nothing. */
    private void requireForeignKeys() {
        boolean needed = schema.migrations().stream()
                .flatMap(each -> each.statements().stream())
                .anyMatch(each -> each.toUpperCase(Locale.ROOT).contains(" REFERENCES "));
        if (needed
                && store.query(Statement.of("PRAGMA foreign_keys"), row -> row.bool("foreign_keys"))
                        .contains(false)) {
            throw failures.failure(
                    ErrorCode.STATE_UNAVAILABLE,
                    "open",
                    "its nodes do not keep foreign keys, on which the schema " + schema.name() + " relies",
                    "start all of them with: rqlited -fk=true …");
        }
    }
}
