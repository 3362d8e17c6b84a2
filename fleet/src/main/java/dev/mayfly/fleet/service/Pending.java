package dev.mayfly.fleet.service;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A call that is not answered yet.
 *
 * @param answer completed by the server's thread: whoever waits for it must not work there
 */
public record Pending<T>(CompletableFuture<T> answer, Runnable hangUp) implements AutoCloseable {
    /** @throws dev.mayfly.base.error.MayflyException when the server ends before it answers */
    public T await() throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw FleetServer.over();
        }
    }

    /** Nobody waits any more. Harmless after the answer. */
    @Override
    public void close() {
        hangUp.run();
    }
}
