package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;

/** The contents of a view's files, each a payload. */
record ViewReading(View view, Sources sources, FuseOptions options, Log log) implements Reading {
    @Override
    public Reads open(boolean mayWait, Native calls, Arena arena) {
        return new Contents(view, sources, options, mayWait, calls, arena, log);
    }

    /** Fetching is done by who reads. */
    @Override
    public CompletableFuture<?> begin(int node, long offset, int size) {
        return CompletableFuture.completedFuture(node);
    }

    @Override
    public void close() {
        sources.close();
    }
}
