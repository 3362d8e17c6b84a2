package dev.mayfly.env.fuse;

import java.nio.file.Path;
import java.util.List;

/**
 * A mounted FUSE connection, as seen by whoever serves it. Its descriptors are those of this process, all of one connection,
 * one for each thread that is to serve; they are closed with the mount.
 *
 * <p>Three come with this package: {@link DirectMount} mounts in the namespace of this process, {@link HeldMount} gets what a
 * holder has mounted, perhaps in a namespace of its own, and {@link #adopted} takes descriptors that came some other way.
 */
public interface FuseMount extends AutoCloseable {
    /** Where the view is, in the mount namespace it was mounted in. */
    Path point();

    /** Open descriptors of {@code /dev/fuse}; at least one. */
    List<Integer> devices();

    /** Ends this process' part in it: closes the descriptors and, when the mount is its own, unmounts. May be called again. */
    @Override
    void close();

    /**
     * Descriptors that somebody else opened, mounted and passed here. Whoever mounts must open {@code /dev/fuse} in the user
     * namespace of the mount, and the clones too (fs/fuse/inode.c, fuse_fill_super).
     */
    static FuseMount adopted(Path point, List<Integer> devices) {
        return new AdoptedMount(point, devices);
    }
}
