package dev.mayfly.platform.linux;

/**
 * What statx(2) says about one name.
 *
 * @param device number of the file system, as {@code major << 32 | minor}
 * @param rdev of a device node, likewise
 * @param mode a whole {@code st_mode}
 * @param modified nanoseconds since the epoch
 * @param changed likewise, of the inode
 */
public record FileFacts(
        long device,
        long inode,
        int mode,
        int uid,
        int gid,
        long links,
        long size,
        long modified,
        long changed,
        long rdev) {
    private static final int TYPE = 0170000;

    public boolean isDirectory() {
        return (mode & TYPE) == 0040000;
    }

    public boolean isRegular() {
        return (mode & TYPE) == 0100000;
    }

    public boolean isSymlink() {
        return (mode & TYPE) == 0120000;
    }

    public boolean isCharacterDevice() {
        return (mode & TYPE) == 0020000;
    }

    /** Whether nothing has been written or changed between two looks at one file. */
    public boolean sameContent(FileFacts other) {
        return device == other.device
                && inode == other.inode
                && mode == other.mode
                && size == other.size
                && modified == other.modified
                && changed == other.changed;
    }
}
