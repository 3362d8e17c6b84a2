package dev.mayfly.bench;

import dev.mayfly.base.log.Log;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Statement;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;

/** What the disk under the embedded engine can do: one small commit of the store, and one write with fdatasync(2). */
final class RawDisk implements AutoCloseable {
    static final String COMMIT = "disk_commit";
    static final String SYNC = "disk_sync";
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 1024;
    private static final String ROW = "x".repeat(500);

    private final FileChannel file;
    private final SqliteStore store;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    private long at;

    private RawDisk(FileChannel file, SqliteStore store) {
        this.file = file;
        this.store = store;
    }

    /** @param folder on the disk that is meant */
    static RawDisk open(Path folder) throws IOException {
        Files.createDirectories(folder);
        SqliteStore store = SqliteStore.open(
                folder.resolve("raw.db"),
                Schema.of("raw", Migration.of(1, "row", "CREATE TABLE entry (text TEXT NOT NULL) STRICT")),
                SqliteOptions.DEFAULT,
                Clock.systemUTC(),
                Log.off());
        return new RawDisk(
                FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE), store);
    }

    /** A row of 500 bytes, durable. Safe for concurrent use. */
    void commit() {
        store.execute(Statement.of("INSERT INTO entry (text) VALUES (?)", ROW));
    }

    /** Over and over the same 4 MB, as the store's log does it. */
    void sync() {
        try {
            file.write(block.rewind(), at++ % BLOCKS * BLOCK);
            file.force(false);
        } catch (IOException e) {
            throw new IllegalStateException("the disk does not do its part", e);
        }
    }

    @Override
    public void close() throws IOException {
        store.close();
        file.close();
    }
}
