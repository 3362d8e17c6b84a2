package dev.mayfly.queue.embedded;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.BatchResult.Conflict;
import dev.mayfly.store.Row;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages in line, in a relational store. */
final class SqlWorkQueue implements WorkQueue, Lookout.View {
    /** Each publish clears away a few ids that have had their time, so that nobody has to clear away many. */
    private static final int IDS_FORGOTTEN_AT_ONCE = 16;

    /** Changes nothing when the id came after the beginning of the window. */
    private static final String REMEMBER_ID = """
            INSERT INTO message_id (id, at) VALUES (?, ?)
            ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE at < ?""";

    private static final String BURY = """
            INSERT INTO dead_letter (message, at, job, reason, subject, id, body) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (message) DO NOTHING""";

    private static final String DEPTH = """
            SELECT total(holder = '' OR due <= ?) AS waiting, total(holder != '' AND due > ?) AS out,
                (SELECT count(*) FROM dead_letter) AS dead FROM line""";

    private static final String LETTER = "SELECT number, at, job, reason, subject, id, body FROM dead_letter ";

    private final Sql sql;
    private final EmbeddedSettings settings;
    private final Leases leases;
    private final Lookout lookout;
    private final Ticker ticker;
    private final Waiters waiters = new Waiters();
    private volatile boolean closed;

    SqlWorkQueue(Sql sql, EmbeddedSettings settings, Leases leases, Lookout lookout, Ticker ticker) {
        this.sql = sql;
        this.settings = settings;
        this.leases = leases;
        this.lookout = lookout;
        this.ticker = ticker;
        lookout.add(this);
    }

    @Override
    public boolean publish(Message message) {
        return publish(message, List.of()) == Outcome.TAKEN;
    }

    /** What became of a message. */
    enum Outcome {
        TAKEN,
        /** One with its id came within the window. */
        DUPLICATE,
        /** What was to be changed with it could not be. */
        REFUSED
    }

    /** @param together guarded changes that apply if the message is taken, and only then */
    Outcome publish(Message message, List<Statement> together) {
        if (closed) {
            throw closedFailure();
        }
        long now = leases.now();
        List<Statement> batch = new ArrayList<>(together);
        boolean named = !message.id().isEmpty();
        if (named) {
            long windowBegan = now - settings.duplicateWindow().toMillis();
            batch.add(Statement.of(REMEMBER_ID, message.id(), now, windowBegan).mustChange(1));
            batch.add(Statement.of(
                    "DELETE FROM message_id WHERE id IN (SELECT id FROM message_id WHERE at < ? ORDER BY at LIMIT ?)",
                    windowBegan,
                    IDS_FORGOTTEN_AT_ONCE));
        }
        int limit = batch.size();
        batch.add(Statement.of("UPDATE total SET messages = messages + 1 WHERE messages < ?", settings.maxMessages())
                .mustChange(1));
        batch.add(Statement.of(
                "INSERT INTO message (subject, id, published_at, body) VALUES (?, ?, ?, ?)",
                message.subject(),
                message.id(),
                now,
                message.body()));
        batch.add(Statement.of(
                "INSERT INTO line (number, due, count, holder) SELECT max(number), 0, 0, '' FROM message"));
        BatchResult result = sql.execute(new Batch(batch));
        if (result instanceof Conflict(int statement, String reason)) {
            if (statement < together.size()) {
                return Outcome.REFUSED;
            }
            if (named && statement == together.size()) {
                return Outcome.DUPLICATE;
            }
            throw statement == limit ? fullFailure() : refusedFailure("publish", reason);
        }
        waiters.ring(1);
        return Outcome.TAKEN;
    }

    @Override
    public Optional<Delivery> next(Duration wait) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Deadline deadline = Deadline.in(wait, ticker);
        lookout.came();
        // Joined before the first look, so that no ring falls between that look and the wait.
        try (Waiters.Waiter waiter = waiters.join()) {
            do {
                Optional<SqlDelivery> taken = closed ? Optional.empty() : leases.take();
                if (taken.isPresent()) {
                    lookout.traffic();
                    return Optional.of(taken.get());
                }
            } while (!closed && waiter.await(deadline.left()));
            return Optional.empty();
        } catch (MayflyException e) {
            if (closed) {
                // The store was closed while it was asked.
                return Optional.empty();
            }
            throw e;
        } finally {
            lookout.left();
        }
    }

    @Override
    public boolean look() {
        int silent = waiters.silent();
        if (silent == 0) {
            return false;
        }
        int ready = leases.ready(silent);
        waiters.ring(ready);
        return ready > 0;
    }

    /** Those who wait learn of it when they try themselves. */
    @Override
    public void failed() {
        waiters.ring(Integer.MAX_VALUE);
    }

    @Override
    public void bury(Delivery delivery, Optional<JobId> job, String reason) {
        long number = delivery.number();
        Message message = delivery.message();
        // Whoever holds it now: that its job is given up was decided in the ledger. Two who bury it leave one letter.
        BatchResult result = sql.execute(Batch.of(
                Statement.of(
                        BURY,
                        number,
                        leases.now(),
                        job.map(JobId::value),
                        reason,
                        message.subject(),
                        message.id(),
                        message.body()),
                Statement.of(
                        "UPDATE total SET messages = messages - (SELECT count(*) FROM line WHERE number = ?)", number),
                Statement.of("DELETE FROM line WHERE number = ?", number),
                Statement.of("DELETE FROM message WHERE number = ?", number)));
        if (result instanceof Conflict(int _, String why)) {
            throw refusedFailure("bury", why);
        }
    }

    @Override
    public List<DeadLetter> deadLetters(int most) {
        return sql.query(Statement.of(LETTER + "ORDER BY number DESC LIMIT ?", most), SqlWorkQueue::letter);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return sql.queryFirst(Statement.of(LETTER + "WHERE number = ?", number), SqlWorkQueue::letter);
    }

    private static DeadLetter letter(Row row) {
        return new DeadLetter(
                row.integer("number"),
                row.optionalText("job").map(JobId::new),
                row.time("at"),
                row.text("reason"),
                Leases.message(row));
    }

    @Override
    public void forget(long number) {
        sql.execute(Statement.of("DELETE FROM dead_letter WHERE number = ?", number));
    }

    @Override
    public Depth depth() {
        long now = leases.now();
        return sql.queryFirst(
                        Statement.of(DEPTH, now, now),
                        row -> new Depth((long) row.real("waiting"), (long) row.real("out"), row.integer("dead")))
                .orElseThrow();
    }

    @Override
    public void close() {
        closed = true;
        waiters.ring(Integer.MAX_VALUE);
    }

    private MayflyException fullFailure() {
        return new MayflyException(
                ErrorCode.QUEUE_FULL,
                "the queue takes no more messages",
                settings.maxMessages() + " are in line, and that is the limit",
                "try again later; start more workers, or raise the limit in the settings of the queue");
    }

    private static MayflyException refusedFailure(String doing, String reason) {
        return new MayflyException(
                ErrorCode.INTERNAL,
                "cannot " + doing + " a message",
                "the store refused the row: " + reason,
                "this is a bug in Mayfly: please report it");
    }

    private static MayflyException closedFailure() {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE, "the queue is closed", "the program is stopping", "start it again");
    }
}
