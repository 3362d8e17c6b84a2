package dev.mayfly.env.fuse;

import java.nio.file.Path;

/**
 * How a view is shown. Servers that take over from each other must have the same.
 *
 * @param uid and {@code gid}: the owner of all files, as the user namespace of the mount numbers them
 * @param gid see {@code uid}
 * @param time of all files, in seconds since 1970: a view has no times of its own
 * @param verified whether bytes are compared with their digest before a reader gets them. Content that does not lie on this
 *     machine always is, when it is fetched
 * @param passthroughFrom the size in bytes from which the kernel reads a file itself. Needs the rights of the first user
 *     namespace, and makes every open ask the server; {@link #NO_PASSTHROUGH} leaves it off
 * @param descriptors how many files of payloads each thread keeps open
 * @param spool where content is put that has to be fetched first; made when it is first needed
 * @param direct whether every read of a file comes to the server as it is, and nothing is kept by the kernel
 */
public record FuseOptions(
        int uid,
        int gid,
        long time,
        boolean verified,
        long passthroughFrom,
        int descriptors,
        Path spool,
        boolean direct) {
    public static final long NO_PASSTHROUGH = Long.MAX_VALUE;

    private static final int DESCRIPTORS = 256;

    public FuseOptions {
        if (descriptors < 1) {
            throw new IllegalArgumentException("a thread needs at least one descriptor, not " + descriptors);
        }
        if (passthroughFrom < 0 || (verified && passthroughFrom != NO_PASSTHROUGH)) {
            throw new IllegalArgumentException("what the kernel reads itself cannot be verified");
        }
    }

    /** Files of root from the beginning of 1970, read as they are. */
    public static FuseOptions plain(Path spool) {
        return new FuseOptions(0, 0, 0, false, NO_PASSTHROUGH, DESCRIPTORS, spool, false);
    }

    public FuseOptions owner(int newUid, int newGid) {
        return new FuseOptions(newUid, newGid, time, verified, passthroughFrom, descriptors, spool, direct);
    }

    public FuseOptions verify() {
        return new FuseOptions(uid, gid, time, true, NO_PASSTHROUGH, descriptors, spool, direct);
    }

    public FuseOptions passthrough(long from) {
        return new FuseOptions(uid, gid, time, false, from, descriptors, spool, direct);
    }

    FuseOptions directly() {
        return new FuseOptions(uid, gid, time, verified, NO_PASSTHROUGH, descriptors, spool, true);
    }

    boolean passesThrough() {
        return passthroughFrom != NO_PASSTHROUGH;
    }
}
