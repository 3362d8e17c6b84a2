package dev.mayfly.sandbox.bwrap;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts every bubblewrap from one platform thread that lives as long as the backend: {@code --die-with-parent} means the
 * parent *thread* (prctl(2), PR_SET_PDEATHSIG), and a carrier of virtual threads may end while the job still runs.
 */
final class Spawner implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("bwrap-spawner").factory());

    Process start(ProcessBuilder builder) throws IOException, InterruptedException {
        try {
            return thread.submit(builder::start).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
