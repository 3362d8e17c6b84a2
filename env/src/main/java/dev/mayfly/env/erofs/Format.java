package dev.mayfly.env.erofs;

/**
 * Numbers of EROFS' format on disk, from fs/erofs/erofs_fs.h of Linux. Everything is little-endian; the format is that of
 * Linux 5.16, where extra devices came in.
 */
final class Format {
    static final int BLOCK_BITS = 12;
    static final int BLOCK = 1 << BLOCK_BITS;

    static final int SUPERBLOCK = 1024;
    static final int SUPERBLOCK_BYTES = 128;
    static final int MAGIC = 0xE0F5E1E2;
    static final int FEATURE_CHECKSUM = 0x1;
    static final int FEATURE_CHUNKS = 0x4;
    static final int FEATURE_DEVICES = 0x8;

    static final int DEVICE_SLOT = 128;
    /** Device 0 is the image itself, and a number has 16 bits. */
    static final int MOST_DEVICES = 65535;

    /** Inodes are addressed in units of this. */
    static final int SLOT = 32;

    static final int COMPACT = 32;
    static final int EXTENDED = 64;

    static final int FLAT_PLAIN = 0;
    static final int FLAT_INLINE = 2;
    static final int CHUNKS = 4;
    /** In the format of chunks: each has a device and a block, not a block alone. */
    static final int CHUNK_INDEXES = 0x20;

    static final int CHUNK_INDEX = 8;
    /** Size of a chunk as a power of two of blocks has 5 bits. */
    static final int MOST_CHUNK_BITS = 31;
    /** A block number that stands for nothing: reads as zeros. */
    static final int NO_BLOCK = -1;

    /** In blocks: where devices begin in the space that they share with the image, which is never so large. */
    static final int SPACE_OF_DEVICES = 1 << 19;

    static final int MOST_IN_ONE_SPACE = 64;

    static final int DIRENT = 12;
    static final int TYPE_FILE = 1;
    static final int TYPE_DIRECTORY = 2;
    static final int TYPE_SYMLINK = 7;

    static final int XATTR_HEADER = 12;
    static final int XATTR_ENTRY = 4;
    /** Prefix {@code trusted.} */
    static final int XATTR_TRUSTED = 4;

    private Format() {}

    static long roundUp(long number, int unit) {
        return (number + unit - 1) / unit * unit;
    }
}
