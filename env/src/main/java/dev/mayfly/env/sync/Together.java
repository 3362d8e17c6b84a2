package dev.mayfly.env.sync;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Does one thing for each of many items, some at a time, each in a virtual thread. The first failure ends it: nothing more is
 * begun, what runs comes to its end, and the failure goes to the caller. A caller that is interrupted gets
 * {@link ErrorCode#SERVICE_BUSY} and stays interrupted.
 */
public final class Together {
    private final int atOnce;

    public Together(int atOnce) {
        if (atOnce < 1) {
            throw new IllegalArgumentException("at least one at a time, not " + atOnce);
        }
        this.atOnce = atOnce;
    }

    public <T> void each(Iterable<T> items, Consumer<T> work) {
        Semaphore seats = new Semaphore(atOnce);
        Phaser running = new Phaser(1);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        boolean interrupted = false;
        for (T item : items) {
            try {
                seats.acquire();
            } catch (InterruptedException e) {
                interrupted = true;
                break;
            }
            if (!failures.isEmpty()) {
                break;
            }
            running.register();
            Thread.startVirtualThread(() -> {
                try {
                    work.accept(item);
                } catch (Throwable e) {
                    failures.add(e);
                } finally {
                    seats.release();
                    running.arriveAndDeregister();
                }
            });
        }
        running.arriveAndAwaitAdvance();
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY, "the copy did not come to its end", "it was interrupted", "start it again");
        }
        if (!failures.isEmpty()) {
            throw raised(failures.remove(), failures);
        }
    }

    private static RuntimeException raised(Throwable first, Queue<Throwable> others) {
        others.forEach(first::addSuppressed);
        return switch (first) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(first);
        };
    }
}
