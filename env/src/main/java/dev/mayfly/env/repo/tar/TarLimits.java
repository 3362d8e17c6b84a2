package dev.mayfly.env.repo.tar;

/**
 * What an archive may have at most.
 *
 * @param entries members of the archive, of any kind
 * @param bytes of the whole archive
 * @param objectBytes of one object
 * @param tagBytes of all files of tags together
 */
public record TarLimits(long entries, long bytes, int objectBytes, int tagBytes) {
    /** A big toolchain has a million files and 100 GB; this is ten times that. */
    public static final TarLimits USUAL = new TarLimits(20_000_000, 1L << 40, 256 << 20, 64 << 20);

    /**
     * Bytes of headers, long names and padding between two members. They are held in memory. A path has at most 4096 bytes
     * (limits.h), and so have names of tags.
     */
    static final int BETWEEN_MEMBERS = 8 << 10;

    public TarLimits {
        if (entries < 1 || bytes < 1 || objectBytes < 1 || tagBytes < 1) {
            throw new IllegalArgumentException("limits of an archive must be positive");
        }
    }
}
