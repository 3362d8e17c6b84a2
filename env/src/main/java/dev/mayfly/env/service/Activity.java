package dev.mayfly.env.service;

import dev.mayfly.base.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whether somebody still needs the service. Who works enters and leaves; once the service is retired nobody enters any more,
 * so that nothing begins that would not be finished. Safe for concurrent use.
 */
public final class Activity {
    private final Ticker ticker;
    private int working; // guarded by this
    private long leftAt; // guarded by this
    private boolean retired; // guarded by this

    public Activity(Ticker ticker) {
        this.ticker = ticker;
        this.leftAt = ticker.nanos();
    }

    /** Work that goes on. */
    public interface Work extends AutoCloseable {
        @Override
        void close();
    }

    /** Empty when the service is ending. */
    public synchronized Optional<Work> enter() {
        if (retired) {
            return Optional.empty();
        }
        working++;
        return Optional.of(this::leave);
    }

    private synchronized void leave() {
        working--;
        leftAt = ticker.nanos();
        notifyAll();
    }

    /** Retires the service when nobody has worked for so long, and the other condition holds. */
    public synchronized boolean retire(Duration idle, BooleanSupplier unneeded) {
        if (!retired && working == 0 && ticker.since(leftAt) >= idle.toNanos() && unneeded.getAsBoolean()) {
            retire();
        }
        return retired;
    }

    public synchronized void retire() {
        retired = true;
        notifyAll();
    }

    public synchronized boolean retired() {
        return retired;
    }

    /** Returns when the service is retired. */
    public synchronized void awaitRetirement() throws InterruptedException {
        while (!retired) {
            wait();
        }
    }

    /**
     * Waits for those who still work.
     *
     * @return whether nobody does
     */
    public synchronized boolean drain(Duration atMost) throws InterruptedException {
        long begin = ticker.nanos();
        while (working > 0) {
            long left = atMost.toMillis() - ticker.since(begin) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
