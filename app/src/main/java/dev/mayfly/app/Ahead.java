package dev.mayfly.app;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Work that is begun before anybody asks for what comes of it, so that independent parts of a start go on side by side.
 * What fails here is not told here: whoever needs the part asks for it again and is told then.
 */
final class Ahead implements AutoCloseable {
    /** Opening a part gives up by itself within this time. */
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(25);

    private final Deque<Thread> begun = new ArrayDeque<>();
    private boolean closed;

    /** Begins the work on a thread of its own; a no-op after {@link #close}. */
    synchronized void begin(String name, Runnable work) {
        if (closed) {
            return;
        }
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                work.run();
            } catch (RuntimeException _) {
                // Told to whoever asks for it.
            }
        });
        begun.push(thread);
        thread.start();
    }

    /** Ends what still goes on and waits for it, so that nobody makes parts of a program that is being closed. */
    @Override
    public void close() {
        Deque<Thread> toEnd;
        synchronized (this) {
            closed = true;
            toEnd = new ArrayDeque<>(begun);
            begun.clear();
        }
        toEnd.forEach(Thread::interrupt);
        boolean interrupted = Thread.interrupted();
        for (Thread thread : toEnd) {
            try {
                boolean _ = thread.join(ENDS_WITHIN);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
