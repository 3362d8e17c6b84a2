package dev.mayfly.queue.embedded;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks into the store for what other processes did, as long as somebody here waits.
 *
 * <p>SQLite cannot call; one has to look. One thread looks for all who wait in this process: often while there is
 * traffic, seldom otherwise, and never for more than a small part of the time. Measured on a server of 2026: looking
 * seldom takes 1 to 2 % of a core, often about 6 %.
 */
final class Lookout implements AutoCloseable {
    private static final Duration BRISK = Duration.ofMillis(2);
    private static final Duration IDLE = Duration.ofMillis(20);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** How long after the last traffic it looks often. */
    private static final Duration BRISK_FOR = Duration.ofSeconds(1);

    /** The pause is at least so many times as long as the look, which bounds its cost to one twentieth of a core. */
    private static final int REST = 20;

    /** What there is to look for. */
    interface View {
        /** Looks, and wakes whom it concerns. True when there was something. */
        boolean look();

        /** The store cannot be read. */
        void failed();
    }

    private final List<View> views = new CopyOnWriteArrayList<>();
    private final Ticker ticker;
    private final Log log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private int waiting; // guarded by lock
    private boolean closed; // guarded by lock
    private volatile long briskUntil;

    private Lookout(Ticker ticker, Log log) {
        this.ticker = ticker;
        this.log = log;
        this.briskUntil = ticker.nanos();
        // A platform thread: calls into the store would pin a carrier, and short sleeps cost half as much.
        this.thread = Thread.ofPlatform().daemon().name("queue-lookout").unstarted(this::run);
    }

    static Lookout start(Ticker ticker, Log log) {
        Lookout lookout = new Lookout(ticker, log);
        lookout.thread.start();
        return lookout;
    }

    void add(View view) {
        views.add(view);
    }

    /** Somebody begins to wait. */
    void came() {
        lock.lock();
        try {
            waiting++;
            if (waiting == 1) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Somebody waits no longer. */
    void left() {
        lock.lock();
        try {
            waiting--;
        } finally {
            lock.unlock();
        }
    }

    /** More is to be expected soon. */
    void traffic() {
        briskUntil = ticker.nanos() + BRISK_FOR.toNanos();
    }

    private void run() {
        try {
            for (long pause = 0; awaitSomebody(pause); pause = lookOnce()) {}
        } catch (InterruptedException e) {
            log.debug().log("lookout interrupted");
        }
    }

    /** False when there is nobody any more to look for. */
    private boolean awaitSomebody(long pauseNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pauseNanos;
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            while (!closed && waiting == 0) {
                changed.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** How long to pause then, in nanoseconds. */
    private long lookOnce() {
        long start = ticker.nanos();
        try {
            boolean found = false;
            for (View view : views) {
                found |= view.look();
            }
            if (found) {
                traffic();
            }
        } catch (MayflyException e) {
            log.debug().cause(e).log("cannot look into the queue");
            views.forEach(View::failed);
            return AFTER_FAILURE.toNanos();
        }
        Duration pace = briskUntil - ticker.nanos() > 0 ? BRISK : IDLE;
        return Math.max(pace.toNanos(), REST * ticker.since(start));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            // One look is a few short reads.
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
