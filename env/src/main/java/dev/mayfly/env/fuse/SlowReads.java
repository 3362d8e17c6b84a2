package dev.mayfly.env.fuse;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Answers reads that take long, because content must be fetched or verified first, on threads of their own: names and
 * attributes are answered meanwhile, and so are reads of what is there.
 */
final class SlowReads implements Worker.Later, AutoCloseable {
    /** The kernel has at most 64 reads ahead under way for a connection, and who waits for one does not ask for another. */
    private static final int THREADS = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final FuseParts parts;
    private final Counters counters = new Counters();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("fuse-slow-", 0).daemon().factory());

    SlowReads(FuseParts parts) {
        this.parts = parts;
    }

    @Override
    public void read(int device, long unique, int node, long offset, int size) {
        // An answer tells its own failures.
        var _ = parts.reading()
                .begin(node, offset, size)
                .whenCompleteAsync((_, _) -> answer(device, unique, node, offset, size), threads);
    }

    private void answer(int device, long unique, int node, long offset, int size) {
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            Reply reply = new Reply(arena);
            int body = -Native.EIO;
            try (Reads contents = parts.reading().open(true, calls, arena)) {
                body = contents.read(node, offset, size, reply.memory(), Reply.BODY);
            } catch (RuntimeException e) {
                parts.log().error().cause(e).log("a request could not be answered");
            }
            synchronized (counters) {
                counters.answered(FuseAbi.Op.READ, body);
            }
            reply.send(calls, device, unique, body);
        }
    }

    Counters counters() {
        return counters;
    }

    /** Lets go of what is not done yet: the next server is asked for it again, or nobody waits any more. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                parts.log().warn().log("content is still being fetched for nobody");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
