package dev.mayfly.app;

/** How mayfly env shows an environment to a runtime. */
public enum FrontEnd {
    /** {@link #EROFS} where this machine lets it, else {@link #FUSE}, else {@link #RENDER}, which is said. */
    AUTO,
    /** An image of the kernel's EROFS over the packs of the repository; for root. */
    EROFS,
    /** A server of our own that the kernel asks through FUSE; for everybody. */
    FUSE,
    /** A copy of all files in a folder, made at the first use; for everybody. */
    RENDER
}
