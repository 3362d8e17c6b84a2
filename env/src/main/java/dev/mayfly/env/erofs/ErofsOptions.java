package dev.mayfly.env.erofs;

/**
 * What a view does not say of its files.
 *
 * @param uid owner of everything, unsigned
 * @param gid likewise
 * @param modified time of everything, seconds since 1970: views have no times, and an image must not depend on when it was
 *     made
 * @param inlineUpTo files of at most so many bytes are copied into the image, which saves a block for each, and a device
 *     where each content is a file of its own, and costs a read for each when the image is made
 */
public record ErofsOptions(int uid, int gid, long modified, int inlineUpTo) {
    /** An inode of 64 bytes and its content share a block of 4096. */
    static final int MOST_INLINE = 4032;

    /** Owned by root, from 1970, nothing copied: packs are aligned already and reading 100,000 files takes a second. */
    public static final ErofsOptions DEFAULT = new ErofsOptions(0, 0, 0, 0);

    public ErofsOptions {
        if (inlineUpTo < 0 || inlineUpTo > MOST_INLINE) {
            throw new IllegalArgumentException("inlineUpTo is from 0 to " + MOST_INLINE + ": " + inlineUpTo);
        }
    }
}
