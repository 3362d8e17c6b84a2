package dev.mayfly.queue.embedded;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.Batch;
import dev.mayfly.store.BatchResult;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The three ports of the queue over one relational store, of which this is the owner. */
public final class EmbeddedEngine implements QueueEngine {
    /** What the store must be opened with. Large and busy, so it is kept in a file of its own. */
    public static final Schema SCHEMA = QueueSchema.SCHEMA;

    private final Sql sql;
    private final Lookout lookout;
    private final SqlWorkQueue queue;
    private final SqlJobLedger ledger;
    private final SqlAnswers answers;

    private EmbeddedEngine(Sql sql, Lookout lookout, SqlWorkQueue queue, SqlJobLedger ledger, SqlAnswers answers) {
        this.sql = sql;
        this.lookout = lookout;
        this.queue = queue;
        this.ledger = ledger;
        this.answers = answers;
    }

    /** @param sql opened with {@link #SCHEMA}; closed together with this */
    public static EmbeddedEngine start(
            Sql sql, EmbeddedSettings settings, Clock clock, Ticker ticker, IdSource ids, Log parentLog) {
        Log log = parentLog.named("queue");
        Lookout lookout = Lookout.start(ticker, log);
        Leases leases = new Leases(sql, settings.ackWait(), clock, ids.next(), log);
        return new EmbeddedEngine(
                sql,
                lookout,
                new SqlWorkQueue(sql, settings, leases, lookout, ticker),
                new SqlJobLedger(sql, clock, ids),
                SqlAnswers.start(sql, lookout, clock, log));
    }

    @Override
    public WorkQueue queue() {
        return queue;
    }

    @Override
    public JobLedger ledger() {
        return ledger;
    }

    @Override
    public Answers answers() {
        return answers;
    }

    /** In one batch, unless a message with this id is in line already. */
    @Override
    public Optional<JobEntry> enqueue(JobEntry entry, Message message) {
        JobEntry next = ledger.next(entry);
        return switch (queue.publish(message, List.of(SqlJobLedger.change(entry, next)))) {
            case TAKEN -> Optional.of(next);
            case REFUSED -> Optional.empty();
            case DUPLICATE -> ledger.store(entry);
        };
    }

    /** In one batch: who waits is told by the stored row, so nothing has to come between. */
    @Override
    public Optional<Ended> end(JobEntry last, Delivery delivery) {
        if (!(delivery instanceof SqlDelivery held)) {
            return QueueEngine.super.end(last, delivery);
        }
        JobEntry next = ledger.next(last);
        List<Statement> batch = new ArrayList<>();
        batch.add(SqlJobLedger.change(last, next));
        batch.addAll(Leases.leave(held.number(), held.holder()));
        return sql.execute(new Batch(batch)) instanceof BatchResult.Applied(List<Integer> changes)
                ? Optional.of(new Ended(next, changes.getLast() == 1))
                : Optional.empty();
    }

    /** Ends those who wait; what they hold comes again when its lease lapses. */
    @Override
    public void close() {
        queue.close();
        answers.close();
        lookout.close();
        sql.close();
    }
}
