package dev.mayfly.platform.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Shows what is mounted somewhere at one more place, and changes what a mount allows: open_tree(2), mount_setattr(2). */
public final class BoundMount {
    private static final int OPEN_TREE = 428;
    private static final int MOVE_MOUNT = 429;
    private static final int MOUNT_SETATTR = 442;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int OPEN_TREE_CLOEXEC = 02000000;
    private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
    private static final int AT_FDCWD = -100;

    /** struct mount_attr of linux/mount.h: attr_set, attr_clr, propagation, userns_fd. */
    private static final int ATTRIBUTES = 4 * Long.BYTES;

    private BoundMount() {}

    /**
     * Like {@code mount --bind}; the new mount has the attributes of the old one and is independent of it.
     *
     * @param from any folder of a mount
     * @param to an existing folder
     */
    public static void bind(Path from, Path to) throws MountFailure {
        try (Arena arena = Arena.ofConfined()) {
            CallResult cloned = Libc.syscall(
                    OPEN_TREE,
                    AT_FDCWD,
                    arena.allocateFrom(from.toString()).address(),
                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
            if (!cloned.ok()) {
                throw new MountFailure("open_tree " + from, cloned.errno(), "");
            }
            int tree = Math.toIntExact(cloned.value());
            try {
                CallResult moved = Libc.syscall(
                        MOVE_MOUNT,
                        tree,
                        arena.allocateFrom("").address(),
                        AT_FDCWD,
                        arena.allocateFrom(to.toString()).address(),
                        MOVE_MOUNT_F_EMPTY_PATH,
                        0);
                if (!moved.ok()) {
                    throw new MountFailure("move_mount to " + to, moved.errno(), "");
                }
            } finally {
                Libc.close(tree);
            }
        }
    }

    /**
     * Forbids or allows to write through this mount, for all who see it there.
     *
     * @return fails with EBUSY while a file is open for writing, EPERM without CAP_SYS_ADMIN, EINVAL for what is no mount
     */
    public static CallResult readOnly(Path mount, boolean forbidden) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_LONG, forbidden ? 0 : Long.BYTES, NewMount.READ_ONLY);
            return Libc.syscall(
                    MOUNT_SETATTR,
                    AT_FDCWD,
                    arena.allocateFrom(mount.toString()).address(),
                    0,
                    attributes.address(),
                    ATTRIBUTES,
                    0);
        }
    }
}
