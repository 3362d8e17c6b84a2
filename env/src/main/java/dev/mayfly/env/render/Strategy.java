package dev.mayfly.env.render;

/** How files of a render get their content. */
public enum Strategy {
    /**
     * Names for shared files, which nobody but root may write to: their write permissions are taken away, so modes are those
     * of the view but for these bits. Who is root and writes all the same spoils the other renders, not the repository.
     */
    HARD_LINK,
    /** Files of their own that share blocks with the payloads until somebody writes; on XFS and Btrfs. */
    REFLINK,
    /** Files of their own; the kernel may share blocks where the file system can. */
    COPY
}
