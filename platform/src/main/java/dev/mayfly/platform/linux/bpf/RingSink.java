package dev.mayfly.platform.linux.bpf;

import java.nio.ByteBuffer;

/** Takes records of a ring buffer. */
@FunctionalInterface
public interface RingSink {
    /**
     * Reads a record where it lies; it is gone when this returns.
     *
     * @param in the ring, in the machine's order, read only
     * @param at where the record begins
     */
    void record(ByteBuffer in, int at, int bytes);
}
