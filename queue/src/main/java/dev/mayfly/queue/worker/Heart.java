package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobLedger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Says that this worker lives, keeps its messages from coming again, and looks whether somebody cancelled a job. One
 * thread for all slots.
 *
 * <p>While the ledger has not heard from it for half a lease, {@link #isFresh} is false and nothing new may begin: another
 * worker may take us for dead once a whole lease and the longest run have passed. The other half is for what cannot be
 * seen: a pause between that look and the first step of the run, and tickers that do not go alike.
 */
final class Heart implements AutoCloseable {
    private static final Duration CANCEL_LOOK = Duration.ofMillis(500);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Epoch me;
    private final JobLedger ledger;
    private final Ticker ticker;
    private final WorkerSettings settings;
    private final Log log;
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private boolean beaten;
    private long lastBeat;
    private long lapses;
    private volatile boolean stopping;
    private volatile boolean closing;
    private final AtomicLong beats = new AtomicLong();

    Heart(Epoch me, JobLedger ledger, Ticker ticker, WorkerSettings settings, Log log) {
        this.me = me;
        this.ledger = ledger;
        this.ticker = ticker;
        this.settings = settings;
        this.log = log;
        this.thread = Thread.ofVirtual().name("queue-heart").unstarted(this::run);
    }

    /** @throws MayflyException when the first beat cannot be kept */
    static Heart start(Epoch me, JobLedger ledger, Ticker ticker, WorkerSettings settings, Log log) {
        Heart heart = new Heart(me, ledger, ticker, settings, log);
        heart.beat();
        heart.thread.start();
        return heart;
    }

    /** Taken before the call and not after it, so that the lease we count on is never longer than the one others see. */
    void beat() {
        long before = ticker.nanos();
        ledger.beat(me, beats.incrementAndGet());
        lastBeat(before);
    }

    /** Of two that cross, the later one counts. */
    private synchronized void lastBeat(long at) {
        if (!beaten || at - lastBeat > 0) {
            if (beaten && at - lastBeat >= freshness()) {
                lapses++;
            }
            beaten = true;
            lastBeat = at;
        }
    }

    private long freshness() {
        return settings.lease().toNanos() / 2;
    }

    synchronized boolean isFresh() {
        return beaten && ticker.since(lastBeat) < freshness();
    }

    /** How often it was too long silent and then beat again. */
    synchronized long lapses() {
        return lapses;
    }

    /**
     * Whether it is fresh, and was all the time since it had lapsed that often. A beat after a silence makes us fresh, but
     * says nothing about what others concluded during it.
     */
    synchronized boolean isFreshSince(long then) {
        return lapses == then && isFresh();
    }

    /** From here to its close the delivery is extended, and the calling thread interrupted when the job is cancelled. */
    Hold hold(Delivery delivery, Attempt attempt) {
        Hold hold = new Hold(delivery, attempt, Thread.currentThread(), ticker.nanos());
        holds.add(hold);
        if (stopping) {
            hold.interrupt();
        }
        return hold;
    }

    /** Interrupts the runs at hand, and each that would begin after this; not what comes after a run. */
    void stopRuns() {
        stopping = true;
        holds.forEach(Hold::interrupt);
    }

    /** Whether we are to end soon, so that waiting for better times makes no sense. */
    boolean stopping() {
        return stopping;
    }

    private void run() {
        long pause = Math.min(
                CANCEL_LOOK.toNanos(),
                Math.min(settings.ackWait().toNanos(), settings.lease().toNanos()) / 6);
        while (!closing) {
            try {
                Thread.sleep(Duration.ofNanos(pause));
                tick();
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) {
                // What cannot be reached now is tried again; being late has its own safe end.
                log.debug().with("why", String.valueOf(e.getMessage())).log("a beat failed");
            }
        }
    }

    private synchronized long sinceLastBeat() {
        return ticker.since(lastBeat);
    }

    /** One look at everything; all of it can be tried again. */
    void tick() {
        for (Hold hold : holds) {
            hold.extendWhenDue();
        }
        if (sinceLastBeat() >= settings.lease().toNanos() / 3) {
            beat();
        }
        for (Hold hold : holds) {
            hold.lookForCancel();
        }
    }

    /** One delivery at work. */
    final class Hold implements AutoCloseable {
        private final Delivery delivery;
        private final Attempt attempt;
        private final Thread worker;
        private long extendedAt;
        private long lookedAt;
        private boolean open = true;
        private boolean interrupted;

        Hold(Delivery delivery, Attempt attempt, Thread worker, long now) {
            this.delivery = delivery;
            this.attempt = attempt;
            this.worker = worker;
            this.extendedAt = now;
            this.lookedAt = now;
        }

        private void extendWhenDue() {
            long now = ticker.nanos();
            if (now - extendedAt >= settings.ackWait().toNanos() / 3) {
                extendedAt = now;
                delivery.extend();
            }
        }

        private void lookForCancel() {
            long now = ticker.nanos();
            if (now - lookedAt < CANCEL_LOOK.toNanos()) {
                return;
            }
            lookedAt = now;
            Optional<JobEntry> entry = ledger.find(attempt.job());
            // Also when somebody took the job over: what we still do is for nothing.
            if (entry.isPresent()
                    && (!entry.get().isOwnedBy(attempt) || entry.get().cancelWanted())) {
                interrupt();
            }
        }

        private synchronized void interrupt() {
            if (open && !interrupted) {
                interrupted = true;
                worker.interrupt();
            }
        }

        /** Afterwards no interrupt of ours is under way, nor left in the thread's flag. */
        @Override
        public synchronized void close() {
            open = false;
            holds.remove(this);
            if (interrupted && worker.equals(Thread.currentThread())) {
                Thread.interrupted();
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            if (!thread.join(CLOSE_LIMIT)) {
                log.warn().log("the heart did not stop in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
