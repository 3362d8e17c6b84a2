package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/** A few read-only connections, opened when first needed: a short command that only writes never opens one. */
final class SqliteReaders implements AutoCloseable {
    private final Path file;
    private final SqliteOptions options;
    private final Semaphore places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<SqliteConnection> idle = new ArrayDeque<>(); // guarded by lock
    private boolean closed; // guarded by lock

    SqliteReaders(Path file, SqliteOptions options) {
        this.file = file;
        this.options = options;
        this.places = new Semaphore(options.readers(), true);
    }

    SqliteConnection take() {
        places.acquireUninterruptibly();
        boolean taken = false;
        try {
            SqliteConnection connection = idleOrNew();
            taken = true;
            return connection;
        } catch (SQLException e) {
            throw SqliteFailure.of(file, "read", e);
        } finally {
            if (!taken) {
                places.release();
            }
        }
    }

    private SqliteConnection idleOrNew() throws SQLException {
        lock.lock();
        try {
            if (closed) {
                throw closedFailure(file);
            }
            SqliteConnection connection = idle.pollFirst();
            if (connection != null) {
                return connection;
            }
        } finally {
            lock.unlock();
        }
        return SqliteConnection.reader(file, options);
    }

    static MayflyException closedFailure(Path file) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "the state in " + file + " is closed",
                "the program is stopping",
                "start it again");
    }

    void giveBack(SqliteConnection connection) {
        lock.lock();
        try {
            if (closed) {
                closeQuietly(connection);
            } else {
                idle.addFirst(connection);
            }
        } finally {
            lock.unlock();
            places.release();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            idle.forEach(SqliteReaders::closeQuietly);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(SqliteConnection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            // A reader holds nothing that could be lost.
        }
    }
}
