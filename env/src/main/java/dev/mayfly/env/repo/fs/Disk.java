package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The disk below a repository: how much room it has, and what is said when it fails. Ingests leave some room free, so that
 * tags can still be pushed and garbage collected when nothing more fits.
 */
public final class Disk {
    private static final long MIB = 1 << 20;
    private static final long MOST_KEPT_FREE = 32 * MIB;

    /** Of the whole disk, so that small ones are not mostly kept free. */
    private static final int SHARE_KEPT_FREE = 64;

    /** Of what is kept free, so that tags are pushed also while garbage is collected. */
    private static final int SHARE_NEVER_USED = 4;

    private final Path root;
    private final long keptFree;

    Disk(Path root) {
        this.root = root;
        this.keptFree = Math.min(MOST_KEPT_FREE, root.toFile().getTotalSpace() / SHARE_KEPT_FREE);
    }

    /** @throws MayflyException {@code NO_SPACE} when so many bytes would not fit */
    void require(long bytes) {
        require(bytes, keptFree);
    }

    /** For who collects garbage, and may use most of what is kept free for that. */
    void requireToClean(long bytes) {
        require(bytes, keptFree / SHARE_NEVER_USED);
    }

    private void require(long bytes, long keptFree) {
        long free = root.toFile().getUsableSpace();
        if (free < bytes + keptFree) {
            throw new MayflyException(
                    ErrorCode.NO_SPACE,
                    "The disk of " + root + " is too full to write there",
                    String.format(
                            Locale.ROOT,
                            "needed are %d bytes, and %d are free, of which %d are kept for tags and for cleaning up",
                            bytes,
                            free,
                            keptFree),
                    "Remove old tags and collect garbage in this repository, or free room on its disk.");
        }
    }

    MayflyException failed(String what, IOException e) {
        return failed(root, what, e);
    }

    static MayflyException failed(Path root, String what, IOException e) {
        String why = String.valueOf(e.getMessage());
        if (isFull(e)) {
            return new MayflyException(
                    ErrorCode.NO_SPACE,
                    what + " in " + root + " did not fit on its disk",
                    why + ", with " + root.toFile().getUsableSpace() + " bytes free",
                    "Remove old tags and collect garbage in this repository, or free room on its disk.",
                    e);
        }
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                what + " in " + root + " failed",
                e.getClass().getSimpleName() + ": " + why,
                "Look at the disk and at who may write there, and try again.",
                e);
    }

    /** Whether something failed for want of room. The JDK tells it in words only. */
    public static boolean isFull(IOException e) {
        String why = String.valueOf(e.getMessage());
        return why.contains("No space left")
                || why.contains("ENOSPC")
                || why.contains("quota")
                || why.contains("EDQUOT");
    }
}
