package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.RowMapper;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Relational state in one SQLite file. */
public final class SqliteStore implements Sql {
    private final Path file;
    private final SqliteWriter writer;
    private final SqliteReaders readers;

    private SqliteStore(Path file, SqliteWriter writer, SqliteReaders readers) {
        this.file = file;
        this.writer = writer;
        this.readers = readers;
    }

    /**
     * Opens the file, makes it when it is not there (readable by its owner only), and brings it to the schema's version.
     *
     * @throws MayflyException {@code STATE_UNAVAILABLE} or {@code STATE_CORRUPT}
     */
    public static SqliteStore open(Path path, Schema schema, SqliteOptions options, Clock clock, Log parentLog) {
        Path file = path.toAbsolutePath();
        Log log = parentLog.named("store").with("file", String.valueOf(file.getFileName()));
        makeFile(file);
        requireTemporaryFolder(file);
        SqliteConnection connection = null;
        try {
            sayWhatWasLeft(file, log);
            connection = SqliteConnection.writer(file, options);
            new SqliteMigrator(connection, file, schema, clock, log).migrate();
            return new SqliteStore(
                    file, SqliteWriter.start(connection, file, options, log), new SqliteReaders(file, options));
        } catch (SQLException e) {
            MayflyException failure = SqliteFailure.of(file, "open", e);
            closeAfter(connection, failure);
            throw failure;
        } catch (RuntimeException e) {
            closeAfter(connection, e);
            throw e;
        }
    }

    /** The driver looks there for libraries that earlier versions of it left, and prints a stack trace when it cannot. */
    private static void requireTemporaryFolder(Path file) {
        Path folder = Path.of(System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir", "/tmp")));
        if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
            throw unusable(
                    file,
                    "the folder for temporary files, " + folder + ", is not there or cannot be read",
                    "make it, or name another: MAYFLY_JAVA_OPTS=-Djava.io.tmpdir=FOLDER",
                    null);
        }
    }

    private static void makeFile(Path file) {
        if (file.toString().indexOf('?') >= 0) {
            // The driver takes what follows for settings.
            throw unusable(file, "its name has a question mark", "choose another --home", null);
        }
        try {
            Files.createDirectories(file.getParent());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(file)) {
                throw unusable(file, e.getFile() + " is no file", "move it away, or choose another --home", e);
            }
        } catch (IOException e) {
            throw unusable(
                    file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make " + file.getParent() + " writable for this user, or choose another --home",
                    e);
        }
    }

    private static MayflyException unusable(
            Path file, String why, String fix, @org.jspecify.annotations.Nullable Throwable cause) {
        return new MayflyException(ErrorCode.STATE_UNAVAILABLE, "cannot open the state in " + file, why, fix, cause);
    }

    /** SQLite recovers the log of a process that died; when another one is alive, its log is simply in use. */
    private static void sayWhatWasLeft(Path file, Log log) {
        try {
            Path wal = file.resolveSibling(file.getFileName() + "-wal");
            if (Files.exists(wal) && Files.size(wal) > 0) {
                log.debug().with("bytes", Files.size(wal)).log("write-ahead log in use or left by a dead process");
            }
        } catch (IOException e) {
            log.debug().with("reason", e.toString()).log("cannot look at the write-ahead log");
        }
    }

    private static void closeAfter(@org.jspecify.annotations.Nullable SqliteConnection connection, Exception failure) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Transactions that waited for the disk. */
    public long syncedCommits() {
        return writer.syncedCommits();
    }

    @Override
    public BatchResult execute(Batch batch) {
        return writer.execute(batch);
    }

    @Override
    public <T> List<T> query(Statement query, RowMapper<T> mapper) {
        SqliteConnection reader = readers.take();
        try (ResultSet rows = reader.query(query)) {
            List<T> result = new ArrayList<>();
            SqliteRow row = new SqliteRow(file, rows);
            while (rows.next()) {
                if (result.size() == MAX_ROWS) {
                    throw new MayflyException(
                            ErrorCode.INTERNAL,
                            "a query has more than " + MAX_ROWS + " rows",
                            query.sql(),
                            "this is a bug in Mayfly: it needs a LIMIT");
                }
                result.add(mapper.map(row));
            }
            return result;
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        } finally {
            readers.giveBack(reader);
        }
    }

    /** Batches that are in line or being written now. */
    public int pending() {
        return writer.pending();
    }

    /** Applies what waits, then closes. The last one to close a file folds its log into it. */
    @Override
    public void close() {
        readers.close();
        writer.close();
    }
}
