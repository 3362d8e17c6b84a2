package dev.mayfly.env.fuse;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;

/** Where the bytes of a server come from, shared by all its threads. */
interface Reading extends AutoCloseable {
    /** @param mayWait whether this thread may be kept from everything else while content is fetched or verified */
    Reads open(boolean mayWait, Native calls, Arena arena);

    /**
     * Begins what a read has to wait for, so that nobody has to hold a thread and memory for the answer meanwhile.
     *
     * @return done when a thread that may wait should read; it then learns what became of it
     */
    CompletableFuture<?> begin(int node, long offset, int size);

    @Override
    void close();
}
