package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import java.nio.file.Path;
import java.time.Clock;

/** A program that opens a store and says how that went, for what only a JVM of its own can try. */
final class OpenOnce {
    private OpenOnce() {}

    public static void main(String[] args) {
        try (SqliteStore _ = SqliteStore.open(
                Path.of(args[0]), SqliteStoreTest.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off())) {
            System.out.println("opened");
        } catch (MayflyException e) {
            System.out.println(e.render());
        }
    }
}
