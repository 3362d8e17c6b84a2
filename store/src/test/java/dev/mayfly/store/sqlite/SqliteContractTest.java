package dev.mayfly.store.sqlite;

import dev.mayfly.base.log.Log;
import dev.mayfly.store.Sql;
import dev.mayfly.store.SqlContract;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

class SqliteContractTest extends SqlContract {
    @TempDir
    Path temp;

    @Override
    protected Sql openEmpty() {
        return SqliteStore.open(temp.resolve("state.db"), SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
    }
}
