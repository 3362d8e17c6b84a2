package dev.mayfly.cli;

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
    /** Long enough for a drained service, short enough for an impatient supervisor. */
    private static final long PATIENCE_SECONDS = 20;

    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile OptionalInt exitCode = OptionalInt.empty();

    private Interruption() {}

    static Interruption ofThisThread() {
        Interruption interruption = new Interruption();
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
            boolean _ = finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
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
