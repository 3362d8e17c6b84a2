package dev.mayfly.env.fuse;

import java.lang.foreign.MemorySegment;

/**
 * Reads content for one thread, straight to where the answer to the kernel is built. All bytes that were asked for and that
 * the file should have, or an error: the kernel would fill up what is short with zeros, and keep them.
 */
interface Reads extends AutoCloseable {
    /** The answer would take long; ask again from a thread that may wait. */
    int LATER = Integer.MIN_VALUE;

    /**
     * Reads a file or the target of a link.
     *
     * @return bytes read, 0 beyond the end, {@link #LATER}, or a negative errno
     */
    int read(int node, long offset, int size, MemorySegment to, long at);

    @Override
    void close();
}
