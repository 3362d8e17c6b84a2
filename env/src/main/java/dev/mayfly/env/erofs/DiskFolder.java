package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An image and the files that it takes contents from, as disks for a machine that mounts it itself, in the order in which it
 * must have them. They have names of their own, so they stay when the repository gathers or forgets what it had.
 */
final class DiskFolder {
    /** Each is a card of the machine, and a bus has room for some 28. */
    static final int MOST = 16;

    private static final String PART = ".new";

    private DiskFolder() {}

    /** @param folder appears whole or not at all; there must be none yet */
    static List<Path> write(StoredImage image, Path folder) {
        if (image.below().isPresent()) {
            throw unfit("its contents lie one by one in a folder, and a machine takes disks");
        }
        if (image.devices().size() >= MOST) {
            throw unfit("its contents lie in " + image.devices().size() + " files, and a machine gets at most "
                    + (MOST - 1) + " disks for them");
        }
        Path part = folder.resolveSibling(folder.getFileName() + PART);
        try {
            delete(part);
            Files.createDirectories(part);
            put(image.file(), part.resolve(name(0, "erofs")), 0);
            int number = 1;
            for (Device device : image.devices()) {
                put(device.file(), part.resolve(name(number++, "pack")), device.length());
            }
            DurableFile.syncDirectory(part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            List<Path> disks = new ArrayList<>();
            disks.add(folder.resolve(name(0, "erofs")));
            for (int i = 1; i < number; i++) {
                disks.add(folder.resolve(name(i, "pack")));
            }
            return disks;
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "the disks of the environment were not written",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "name a folder that is not there yet, on a disk with room",
                    e);
        }
    }

    private static String name(int number, String kind) {
        return String.format(Locale.ROOT, "%02d.%s", number, kind);
    }

    /** Under another name, which costs nothing; a copy where that cannot be, or where the last block is not whole. */
    private static void put(Path from, Path to, long least) throws IOException {
        if (Files.size(from) >= least) {
            try {
                Files.createLink(to, from);
                return;
            } catch (IOException | UnsupportedOperationException e) {
                Files.deleteIfExists(to); // another file system, or one that has no second names
            }
        }
        Files.copy(from, to);
        try (RandomAccessFile file = new RandomAccessFile(to.toFile(), "rw")) {
            // A disk has whole blocks; the kernel reads the last one as a whole.
            file.setLength(Format.roundUp(Math.max(least, file.length()), Format.BLOCK));
            file.getFD().sync();
        }
    }

    private static void delete(Path part) throws IOException {
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> files = Files.walk(part)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static MayflyException unfit(String why) {
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                "the environment cannot be given to machines as disks",
                why,
                "commit it anew to a repository of this program's own form, which keeps contents in packs:"
                        + " mayfly env migrate FROM TO");
    }
}
