package dev.mayfly.sandbox.slot;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lends slots to one run at a time. The slot used last is used next, so that a quiet service keeps one slot warm and the
 * others are never even started; a slot that broke is replaced when its turn comes. Waiting is first come, first served,
 * and bounded. Safe for concurrent use.
 */
public final class SlotPool<S extends PooledSlot> implements AutoCloseable {
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(20);

    /** Makes a slot; may take milliseconds. */
    public interface Maker<S> {
        S make() throws InterruptedException;
    }

    /** What is done with a slot. */
    public interface Use<S, R> {
        R with(S slot) throws InterruptedException;
    }

    private final int size;
    private final Duration wait;
    private final Maker<S> maker;
    private final Semaphore free;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<S> idle = new ArrayDeque<>();
    private boolean closed;

    public SlotPool(SlotSettings settings, Maker<S> maker) {
        this.size = settings.slots();
        this.wait = settings.slotWait();
        this.maker = maker;
        this.free = new Semaphore(size, true);
    }

    /**
     * @throws MayflyException {@code SERVICE_BUSY} when no slot becomes free in time, and whatever making one throws
     */
    public <R> R use(Use<S, R> use) throws InterruptedException {
        S slot = take();
        try {
            return use.with(slot);
        } finally {
            release(slot);
        }
    }

    private S take() throws InterruptedException {
        if (!free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY,
                    "no sandbox slot became free",
                    "all " + size + " slots were busy for " + wait.toMillis() + " ms",
                    "try again later, or configure more slots");
        }
        S slot = null;
        try {
            slot = usableIdle();
            if (slot == null) {
                slot = maker.make();
            }
            return slot;
        } finally {
            if (slot == null) {
                free.release();
            }
        }
    }

    private @Nullable S usableIdle() {
        for (; ; ) {
            S slot;
            lock.lock();
            try {
                if (closed) {
                    throw new MayflyException(
                            ErrorCode.SANDBOX_UNAVAILABLE, "the sandbox is closed", "the program is ending", "");
                }
                slot = idle.pollFirst();
            } finally {
                lock.unlock();
            }
            if (slot == null || slot.usable()) {
                return slot;
            }
            slot.close();
        }
    }

    private void release(S slot) {
        try {
            boolean keep = slot.usable();
            lock.lock();
            try {
                keep &= !closed;
                if (keep) {
                    idle.addFirst(slot);
                }
            } finally {
                lock.unlock();
            }
            if (!keep) {
                slot.close();
            }
        } finally {
            free.release();
        }
    }

    /** Waits a while for runs to end; what still runs then is closed by its own thread when it returns. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (free.tryAcquire(size, CLOSES_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
                free.release(size); // whoever still waits is told at once that the pool is closed
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        lock.lock();
        try {
            idle.forEach(PooledSlot::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
