package dev.mayfly.store.sqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Statement;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one thread that writes, with group commit.
 *
 * <p>While one transaction is being fsynced, batches gather in the inbox; the next transaction takes all of them. Each
 * runs inside a savepoint, so a conflict in one undoes that one only. Nobody gets an answer before COMMIT has returned,
 * which waits for the disk as soon as one of the group asks for it; this is what makes the answers of a group true. When the transaction itself fails (a full disk, a lock held by
 * another process), all is rolled back and the batches are tried again one by one, so that each gets the answer it would
 * have got alone.
 */
final class SqliteWriter implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

    private final SqliteConnection connection;
    private final Path file;
    private final int maxGroup;
    private final Log log;
    private final BlockingQueue<Waiting> inbox;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Thread thread;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong syncedCommits = new AtomicLong();
    private volatile boolean ended;

    /** A class and no record: one is like another only when it is the same. */
    private static final class Waiting {
        private final Batch batch;
        private final CompletableFuture<BatchResult> answer;

        Waiting(Batch batch, CompletableFuture<BatchResult> answer) {
            this.batch = batch;
            this.answer = answer;
        }

        Batch batch() {
            return batch;
        }

        CompletableFuture<BatchResult> answer() {
            return answer;
        }
    }

    /** Ends the wait of an idle writer; never applied. */
    private final Waiting wakeUp = new Waiting(Batch.of(Statement.of("SELECT 1")), new CompletableFuture<>());

    private SqliteWriter(SqliteConnection connection, Path file, SqliteOptions options, Log log) {
        this.connection = connection;
        this.file = file;
        this.maxGroup = options.maxGroup();
        this.log = log;
        this.inbox = new ArrayBlockingQueue<>(options.maxWaiting());
        // A platform thread: every call into SQLite would pin the carrier of a virtual one.
        this.thread = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::run);
    }

    static SqliteWriter start(SqliteConnection connection, Path file, SqliteOptions options, Log log) {
        SqliteWriter writer = new SqliteWriter(connection, file, options, log);
        writer.thread.start();
        return writer;
    }

    int pending() {
        return pending.get();
    }

    /** Transactions that waited for the disk. */
    long syncedCommits() {
        return syncedCommits.get();
    }

    BatchResult execute(Batch batch) {
        Waiting waiting = new Waiting(batch, new CompletableFuture<>());
        boolean interrupted = putInLine(waiting);
        pending.incrementAndGet();
        try {
            return waiting.answer().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MayflyException failure) {
                throw failure;
            }
            throw e;
        } finally {
            pending.decrementAndGet();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean putInLine(Waiting waiting) {
        boolean interrupted = false;
        boolean queued = false;
        while (!queued) {
            if (closing.get() || ended) {
                throw SqliteReaders.closedFailure(file);
            }
            try {
                queued = inbox.offer(waiting, 100, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (ended) {
            // It may have ended between the check and the offer; then nobody else looks into the inbox any more.
            refuseWaiting();
        }
        return interrupted;
    }

    private void run() {
        try {
            List<Waiting> group = new ArrayList<>(maxGroup);
            while (!closing.get() || !inbox.isEmpty()) {
                group.add(inbox.take());
                inbox.drainTo(group, maxGroup - 1);
                group.removeIf(waiting -> waiting.equals(wakeUp));
                writeGroup(group);
                group.clear();
            }
        } catch (InterruptedException e) {
            log.warn().log("writer interrupted");
        } finally {
            ended = true;
            refuseWaiting();
            closeConnection();
        }
    }

    private void refuseWaiting() {
        for (Waiting waiting = inbox.poll(); waiting != null; waiting = inbox.poll()) {
            waiting.answer().completeExceptionally(SqliteReaders.closedFailure(file));
        }
    }

    private void closeConnection() {
        try {
            connection.close();
        } catch (SQLException e) {
            log.warn().cause(e).log("cannot close the state");
        }
    }

    private void writeGroup(List<Waiting> group) {
        if (group.size() > 1 && tryTogether(group)) {
            return;
        }
        for (Waiting waiting : group) {
            if (!waiting.answer().isDone()) {
                writeAlone(waiting);
            }
        }
    }

    /** False when the transaction failed; then nothing has been applied and nobody been answered. */
    private boolean tryTogether(List<Waiting> group) {
        List<Runnable> answers = new ArrayList<>(group.size());
        try {
            boolean synced = group.stream().anyMatch(waiting -> waiting.batch().synced());
            begin(synced);
            for (Waiting waiting : group) {
                answers.add(inSavepoint(waiting));
            }
            commit(synced);
        } catch (SQLException | RuntimeException e) {
            log.debug()
                    .with("batches", group.size())
                    .with("reason", String.valueOf(e.getMessage()))
                    .log("group failed");
            rollBack(e);
            return false;
        }
        answers.forEach(Runnable::run);
        return true;
    }

    private Runnable inSavepoint(Waiting waiting) throws SQLException {
        connection.step("SAVEPOINT batch");
        Runnable answer;
        boolean keep = false;
        try {
            BatchResult result = apply(waiting.batch());
            keep = result.isApplied();
            answer = () -> waiting.answer().complete(result);
        } catch (SQLException e) {
            if (!SqliteFailure.isOfStatement(e)) {
                throw e;
            }
            answer = () -> waiting.answer().completeExceptionally(SqliteFailure.of(file, "change", e));
        }
        if (!keep) {
            connection.step("ROLLBACK TO batch");
        }
        connection.step("RELEASE batch");
        return answer;
    }

    private void writeAlone(Waiting waiting) {
        try {
            begin(waiting.batch().synced());
            BatchResult result = apply(waiting.batch());
            if (result.isApplied()) {
                commit(waiting.batch().synced());
            } else {
                connection.step("ROLLBACK");
            }
            waiting.answer().complete(result);
        } catch (SQLException e) {
            rollBack(e);
            waiting.answer().completeExceptionally(SqliteFailure.of(file, "change", e));
        } catch (RuntimeException e) {
            rollBack(e);
            waiting.answer()
                    .completeExceptionally(new MayflyException(
                            ErrorCode.INTERNAL,
                            "cannot change the state in " + file,
                            e.toString(),
                            "this is a bug in Mayfly: please report it",
                            e));
        }
    }

    private void begin(boolean synced) throws SQLException {
        connection.sync(synced);
        connection.step("BEGIN IMMEDIATE");
    }

    private void commit(boolean synced) throws SQLException {
        connection.step("COMMIT");
        if (synced) {
            syncedCommits.incrementAndGet();
        }
    }

    private BatchResult apply(Batch batch) throws SQLException {
        List<Integer> changes = new ArrayList<>(batch.statements().size());
        for (int i = 0; i < batch.statements().size(); i++) {
            Statement statement = batch.statements().get(i);
            int changed;
            try {
                changed = connection.update(statement);
            } catch (SQLException e) {
                if (SqliteFailure.isConstraint(e)) {
                    return new BatchResult.Conflict(i, String.valueOf(e.getMessage()));
                }
                throw e;
            }
            if (statement.mustChange().isPresent() && statement.mustChange().getAsInt() != changed) {
                return new BatchResult.Conflict(
                        i,
                        "changed " + changed + " rows, must change "
                                + statement.mustChange().getAsInt());
            }
            changes.add(changed);
        }
        return new BatchResult.Applied(changes);
    }

    private void rollBack(Exception failure) {
        try {
            connection.step("ROLLBACK");
        } catch (SQLException e) {
            // Some failures, a full disk among them, have rolled back already
            // (https://sqlite.org/lang_transaction.html).
            failure.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        closing.set(true);
        // When the inbox is full the writer is awake and will see the flag.
        boolean woken = inbox.offer(wakeUp);
        log.debug().with("woken", woken).log("closing");
        boolean interrupted = false;
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        while (thread.isAlive() && System.nanoTime() < deadline) {
            try {
                thread.join(Duration.ofMillis(100));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (thread.isAlive()) {
            log.error().log("writer did not end in time");
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
