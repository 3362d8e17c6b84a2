package dev.mayfly.platform.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Native memory through which files are read: a piece for each that is read at the same time, kept for the next one. To get
 * and clear such a piece for each small file costs many times what reading it does, and so does ending an arena that other
 * threads may use. Safe for concurrent use; nothing may be read through it once it is closed.
 */
public final class ReadBuffers implements AutoCloseable {
    static final int BYTES = 256 << 10;

    private final Arena arena = Arena.ofShared();
    private final Queue<MemorySegment> idle = new ConcurrentLinkedQueue<>();

    MemorySegment take() {
        MemorySegment known = idle.poll();
        return known == null ? arena.allocate(BYTES) : known;
    }

    void back(MemorySegment piece) {
        idle.add(piece);
    }

    @Override
    public void close() {
        arena.close();
    }
}
