package dev.mayfly.env.routed;

import java.nio.file.Path;

/** Mounts trees of paths, and knows who asks. */
public interface TreeServer {
    /** What the kernel may remember of a tree. */
    enum Memory {
        /** Nothing: every question is asked again, because the answer depends on who asks. */
        NOTHING,
        /** Everything: it never changes. */
        EVERYTHING
    }

    /** A tree that is mounted until this is closed. */
    interface Mounted extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param point an empty folder
     * @throws dev.mayfly.base.error.MayflyException {@code FUSE_MISSING}, {@code FUSE_NOT_LOADED}, {@code FUSE_DENIED} or
     *     {@code MOUNT_POINT_MISSING}, with how to get it
     */
    Mounted mount(PathTree tree, Path point, Memory memory);
}
