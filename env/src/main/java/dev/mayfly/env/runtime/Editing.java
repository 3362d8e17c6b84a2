package dev.mayfly.env.runtime;

/** Whether and where a runtime keeps changes. */
public sealed interface Editing {
    /** The view is read-only. */
    record None() implements Editing {}

    /**
     * Changes go with the runtime; a process that writes more gets ENOSPC.
     *
     * @param bytes at most
     * @param inodes at most
     */
    record InMemory(long bytes, long inodes) implements Editing {
        public InMemory {
            if (bytes < 4096 || inodes < 1) {
                throw new IllegalArgumentException("changes need room: " + bytes + " bytes, " + inodes + " inodes");
            }
        }
    }

    /** The runtime is durable: it stays with its changes when its last process has ended, and can be run again. */
    record OnDisk() implements Editing {}

    default boolean isEditable() {
        return !(this instanceof None);
    }
}
