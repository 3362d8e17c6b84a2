package dev.mayfly.app.env;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Does work in a thread that nobody interrupts. An interrupt closes the channel of whoever reads or writes at that moment
 * ({@link java.nio.channels.InterruptibleChannel}), and waits that cannot be interrupted hide it; so the one who waits here
 * takes it, and asks the work to end by itself.
 */
final class Apart {
    private Apart() {}

    /**
     * @param stop is called when this thread is interrupted; the work then ends soon, by a failure or because it is done
     * @throws InterruptedException when it was interrupted and failed for that or another reason, which goes along
     */
    static <T> T run(Supplier<T> work, Runnable stop) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(work::get);
        Thread thread = Thread.ofPlatform().name("work").start(task);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return task.get();
            } catch (InterruptedException e) {
                interrupted = true;
                stop.run();
            } catch (ExecutionException e) {
                Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
                if (interrupted) {
                    InterruptedException told = new InterruptedException();
                    told.initCause(cause);
                    throw told;
                }
                throw raised(cause);
            }
        }
    }

    private static RuntimeException raised(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(cause);
        };
    }
}
