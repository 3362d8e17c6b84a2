package dev.mayfly.queue.nats;

import dev.mayfly.base.time.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The time that one question has. An interrupt does not end it, because a worker that is told to stop must still be able
 * to say how its job ended; it is kept for whoever asked. Used by one thread.
 */
final class Patience implements AutoCloseable {
    private final Deadline deadline;
    private boolean interrupted = Thread.interrupted();

    Patience(Deadline deadline) {
        this.deadline = deadline;
    }

    boolean isOver() {
        return deadline.passed();
    }

    Duration left() {
        return deadline.left();
    }

    /** Waits for the answer; empty when the connection was lost first. */
    <T> Optional<T> await(CompletableFuture<T> answer, CompletableFuture<Void> lost)
            throws ExecutionException, TimeoutException {
        CompletableFuture<Object> first = CompletableFuture.anyOf(answer, lost);
        while (true) {
            try {
                first.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
                return answer.isDone() ? Optional.of(answer.get()) : Optional.empty();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** A step that an interrupt may cut short, to be looked at again by its caller. */
    interface Step {
        void go() throws InterruptedException;
    }

    void through(Step step) {
        try {
            step.go();
        } catch (InterruptedException e) {
            interrupted = true;
        }
    }

    /** Takes note of an interrupt that the library turned into something else. */
    void swallowInterrupt() {
        interrupted |= Thread.interrupted();
    }

    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
