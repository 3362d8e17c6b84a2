package dev.mayfly.queue.embedded;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Those of this process who wait for a message, the first one first. A ring goes to one of them who has none yet; one who
 * leaves without having used it passes it on, so that no message waits while somebody waits for it.
 */
final class Waiters {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiter> silent = new ArrayDeque<>(); // guarded by lock

    final class Waiter implements AutoCloseable {
        private final Semaphore rings = new Semaphore(0);

        private Waiter() {}

        /** True when it was rung, false when the time is over. */
        boolean await(Duration most) throws InterruptedException {
            if (!rings.tryAcquire(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS)) {
                return false;
            }
            lock.lock();
            try {
                silent.addLast(this);
            } finally {
                lock.unlock();
            }
            return true;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!silent.remove(this)) {
                    ring(1);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    Waiter join() {
        Waiter waiter = new Waiter();
        lock.lock();
        try {
            silent.addLast(waiter);
        } finally {
            lock.unlock();
        }
        return waiter;
    }

    void ring(int most) {
        lock.lock();
        try {
            for (int i = 0; i < most && !silent.isEmpty(); i++) {
                silent.removeFirst().rings.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many wait and were not rung. */
    int silent() {
        lock.lock();
        try {
            return silent.size();
        } finally {
            lock.unlock();
        }
    }
}
