package dev.mayfly.platform.linux;

/**
 * What statx(2) says of a file.
 *
 * @param mode a whole {@code st_mode}
 * @param modified seconds since 1970
 * @param mountRoot whether something is mounted here
 */
public record RawStatus(
        int mode, long links, long uid, long gid, long inode, long size, long modified, boolean mountRoot) {}
