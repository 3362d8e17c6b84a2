package dev.mayfly.app;

import dev.mayfly.base.log.Log;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.rqlite.RqliteOptions;
import dev.mayfly.store.rqlite.RqliteStore;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** State of a server that must outlive its machine: in a cluster of rqlite when one is configured, else in a file. */
public final class SharedState {
    private SharedState() {}

    /**
     * Opens it and brings it to the schema's version.
     *
     * @param file where it lies when no cluster is configured
     * @throws dev.mayfly.base.error.MayflyException when the one that is configured cannot be used; never takes the other
     */
    public static Sql open(Settings settings, Path file, Schema schema, Clock clock, Log log) {
        Optional<String> cluster = settings.config().find(SettingKeys.RQLITE_URL);
        if (cluster.isPresent()) {
            return RqliteStore.open(RqliteOptions.of(cluster.get()), schema, clock, log);
        }
        return SqliteStore.open(file, schema, SqliteOptions.DEFAULT, clock, log);
    }
}
