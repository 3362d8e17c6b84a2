package dev.mayfly.sandbox.slot;

/** Something that runs one job at a time and may break. */
public interface PooledSlot extends AutoCloseable {
    /** Whether it may run another job. */
    boolean usable();

    @Override
    void close();
}
