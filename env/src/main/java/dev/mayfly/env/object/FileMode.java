package dev.mayfly.env.object;

/** Types and permissions in a {@code st_mode} (inode(7)). */
public final class FileMode {
    public static final int TYPE = 0170000;
    public static final int DIRECTORY = 0040000;
    public static final int REGULAR = 0100000;
    public static final int SYMLINK = 0120000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int PERMISSIONS = 07777;

    private FileMode() {}

    public static boolean isDirectory(int mode) {
        return (mode & TYPE) == DIRECTORY;
    }

    public static boolean isRegular(int mode) {
        return (mode & TYPE) == REGULAR;
    }

    public static boolean isSymlink(int mode) {
        return (mode & TYPE) == SYMLINK;
    }

    /** The mode with these permissions that a file or link may have: whatever else it claims to be is a file. */
    public static int ofBlob(int mode) {
        return (isSymlink(mode) ? SYMLINK : REGULAR) | (mode & PERMISSIONS);
    }

    public static int ofTree(int mode) {
        return DIRECTORY | (mode & PERMISSIONS);
    }
}
