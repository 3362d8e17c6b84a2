package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.Exit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run on a pooled thread that can be stopped. The interrupt is sent under the same lock that ends the run, so it
 * never reaches the next run on that thread.
 */
final class Worker implements Runnable {
    private final Supplier<Exit> work;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable Thread runner;
    private boolean stopped;
    private @Nullable Exit exit;
    private @Nullable Throwable failure;

    Worker(Supplier<Exit> work) {
        this.work = work;
    }

    @Override
    public void run() {
        synchronized (this) {
            runner = Thread.currentThread();
            if (stopped) {
                runner.interrupt();
            }
        }
        try {
            exit = work.get();
        } catch (Throwable e) {
            failure = e;
        } finally {
            synchronized (this) {
                runner = null;
                // Only stop() interrupts this thread, and its interrupt is consumed here.
                boolean _ = Thread.interrupted();
            }
            done.countDown();
        }
    }

    synchronized void stop() {
        stopped = true;
        Thread running = runner;
        if (running != null) {
            running.interrupt();
        }
    }

    boolean await(long nanos) throws InterruptedException {
        return done.await(nanos, TimeUnit.NANOSECONDS);
    }

    void awaitUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** How it ended, or empty with the reason in {@link #failure}. */
    Optional<Exit> exit() {
        return Optional.ofNullable(exit);
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }
}
