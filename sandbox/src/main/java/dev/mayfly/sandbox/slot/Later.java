package dev.mayfly.sandbox.slot;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Something that a thread of its own is making. Whoever gets it waits, and is told of the failure if there was one. */
public final class Later<T> implements Supplier<T> {
    private final FutureTask<T> making;

    private Later(FutureTask<T> making) {
        this.making = making;
    }

    /** Begins now. What is made here takes milliseconds and waits for nobody: an interrupt of the getter is kept. */
    public static <T> Later<T> begin(String threadName, Callable<T> maker) {
        FutureTask<T> making = new FutureTask<>(maker);
        Thread.ofPlatform().daemon().name(threadName).start(making);
        return new Later<>(making);
    }

    @Override
    public T get() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return making.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
