package dev.mayfly.store.sqlite;

import java.time.Duration;
import java.util.Objects;

/**
 * How a file is opened.
 *
 * @param readers read-only connections, opened as they are needed
 * @param busyTimeout how long to wait for another process to finish its write
 * @param maxBytes size the file may grow to, not counting its log; 0 for no limit
 * @param maxWaiting batches that may wait for the writer; more make their callers wait to get in line
 * @param maxGroup batches that share one transaction at most
 */
public record SqliteOptions(int readers, Duration busyTimeout, long maxBytes, int maxWaiting, int maxGroup) {
    public static final SqliteOptions DEFAULT = new SqliteOptions(2, Duration.ofSeconds(5), 0, 1024, 256);

    public SqliteOptions {
        Objects.requireNonNull(busyTimeout, "busyTimeout");
        if (readers < 1 || maxWaiting < 1 || maxGroup < 1 || maxBytes < 0) {
            throw new IllegalArgumentException(
                    "readers, maxWaiting and maxGroup must be at least 1, maxBytes at least 0");
        }
    }

    public SqliteOptions withMaxBytes(long bytes) {
        return new SqliteOptions(readers, busyTimeout, bytes, maxWaiting, maxGroup);
    }

    public SqliteOptions withBusyTimeout(Duration timeout) {
        return new SqliteOptions(readers, timeout, maxBytes, maxWaiting, maxGroup);
    }
}
