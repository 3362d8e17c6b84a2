package dev.mayfly.queue.embedded;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Message;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Row;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who has which message, until when. A lease is a name in the row, which is new for each delivery; whatever its holder
 * does later names it again, and does nothing when it is no longer there.
 *
 * <p>Nothing here waits for the disk. A process that dies loses nothing of it. A power cut may undo what was done last:
 * then a message comes again that was taken or acknowledged, its holder is gone too, and the ledger, which is synced,
 * says how far its job got.
 */
final class Leases {
    /**
     * What comes again goes before what is new, else a long line would starve it. One statement finds and takes it, so
     * that consumers who hurry at once do not all find the same one.
     */
    private static final String TAKE = """
            UPDATE line SET due = ?, count = count + 1, holder = ? WHERE number = coalesce(
                (SELECT number FROM line WHERE due > 0 AND due <= ? ORDER BY due, number LIMIT 1),
                (SELECT number FROM line WHERE due = 0 ORDER BY number LIMIT 1))""";

    /** With the job's row beside it while that says queued. */
    private static final String TAKEN = """
            SELECT line.number AS message_number, count, subject, message.id AS message_id, published_at, body, %s
            FROM line JOIN message USING (number) LEFT JOIN job ON job.id = message.id AND job.state = 'queued'
            WHERE holder = ? AND holder != ''""".formatted(JobRow.columnsOf("job"));

    private final Sql sql;
    private final Duration ackWait;
    private final Clock clock;
    private final String process;
    private final Log log;
    private final AtomicLong deliveries = new AtomicLong();

    /** @param process a name that no other process or handle has */
    Leases(Sql sql, Duration ackWait, Clock clock, String process, Log log) {
        this.sql = sql;
        this.ackWait = ackWait;
        this.clock = clock;
        this.process = process;
        this.log = log;
    }

    /** Empty when none may be delivered now. */
    Optional<SqlDelivery> take() {
        String holder = process + "." + deliveries.incrementAndGet();
        long now = clock.millis();
        BatchResult taken = sql.execute(
                Batch.of(Statement.of(TAKE, due(now, ackWait), holder, now).mustChange(1))
                        .withoutSync());
        return taken.isApplied()
                ? sql.queryFirst(Statement.of(TAKEN, holder), row -> delivery(holder, row))
                : Optional.empty();
    }

    private SqlDelivery delivery(String holder, Row row) {
        return new SqlDelivery(
                this,
                holder,
                new Message(row.text("subject"), row.text("message_id"), row.blob("body")),
                row.integer("message_number"),
                Math.toIntExact(row.integer("count")),
                row.time("published_at"),
                row.optionalText("id").map(_ -> JobRow.read(row)));
    }

    static Message message(Row row) {
        return new Message(row.text("subject"), row.text("id"), row.blob("body"));
    }

    /** How many could be taken now, counted no further than this. */
    int ready(int most) {
        return sql.queryFirst(
                        Statement.of(
                                "SELECT count(*) AS n FROM (SELECT 1 FROM line WHERE due <= ? LIMIT ?)",
                                clock.millis(),
                                most),
                        row -> (int) row.integer("n"))
                .orElse(0);
    }

    /** Takes a message out of line if this holder still has it, else changes nothing. The last change says which it was. */
    static List<Statement> leave(long number, String holder) {
        return List.of(
                Statement.of(
                        "UPDATE total SET messages = messages - (SELECT count(*) FROM line WHERE number = ? AND holder = ?)",
                        number,
                        holder),
                Statement.of(
                        "DELETE FROM message WHERE number = (SELECT number FROM line WHERE number = ? AND holder = ?)",
                        number,
                        holder),
                Statement.of("DELETE FROM line WHERE number = ? AND holder = ?", number, holder));
    }

    boolean ack(long number, String holder) {
        return quietly(
                "acknowledge",
                Batch.of(
                        Statement.of("DELETE FROM line WHERE number = ? AND holder = ?", number, holder)
                                .mustChange(1),
                        Statement.of("DELETE FROM message WHERE number = ?", number),
                        Statement.of("UPDATE total SET messages = messages - 1")));
    }

    boolean retry(long number, String holder, Duration delay) {
        return quietly(
                "give back",
                Batch.of(Statement.of(
                                "UPDATE line SET due = ?, holder = '' WHERE number = ? AND holder = ?",
                                due(clock.millis(), delay),
                                number,
                                holder)
                        .mustChange(1)));
    }

    boolean extend(long number, String holder) {
        return quietly(
                "extend",
                Batch.of(Statement.of(
                                "UPDATE line SET due = ? WHERE number = ? AND holder = ?",
                                due(clock.millis(), ackWait),
                                number,
                                holder)
                        .mustChange(1)));
    }

    /** Milliseconds since the epoch, as all times are kept. */
    long now() {
        return clock.millis();
    }

    /** Never 0, which stands for what was not delivered yet. */
    private static long due(long now, Duration in) {
        return Math.max(1, now + in.toMillis());
    }

    /** A store that fails takes nothing from anybody: the message comes again when its lease lapses. */
    private boolean quietly(String doing, Batch batch) {
        try {
            return sql.execute(batch.withoutSync()).isApplied();
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.STATE_UNAVAILABLE) {
                throw e;
            }
            log.warn().cause(e).log("cannot " + doing + " a message; it may come again");
            return false;
        }
    }
}
