package dev.mayfly.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that works, and holds the end of the process until that
 * thread has tidied up, for a bounded time.
 *
 * <p>A process that ends by a signal ends with 128 + its number. That is right for a run that was given up; a service
 * that was told to stop and did so in order hands its own exit code to {@link #endWith}.
 */
final class Interruption implements AutoCloseable {
    /** For a call that is to be given up. */
    static final Duration OF_A_CALL = Duration.ofSeconds(20);

    /** For a service or a worker whose jobs are to come to their end; they bound the time themselves. */
    static final Duration OF_A_SERVICE = Duration.ofMinutes(2);

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile OptionalInt exitCode = OptionalInt.empty();

    private final Duration patience;

    private Interruption(Duration patience) {
        this.patience = patience;
    }

    /** @param patience how long the process waits for an orderly end */
    static Interruption ofThisThread(Duration patience) {
        Interruption interruption = new Interruption(patience);
        Thread worker = Thread.currentThread();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> interruption.interruptAndWait(worker), "mayfly-interruption"));
        return interruption;
    }

    private void interruptAndWait(Thread worker) {
        if (finished.getCount() == 0) {
            return;
        }
        worker.interrupt();
        try {
            boolean _ = finished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        exitCode.ifPresent(Runtime.getRuntime()::halt);
    }

    /** The exit code of an orderly end, even when a signal was its reason. */
    int endWith(int code) {
        exitCode = OptionalInt.of(code);
        return code;
    }

    /** What was being done is done; the process may end. */
    @Override
    public void close() {
        finished.countDown();
    }
}
