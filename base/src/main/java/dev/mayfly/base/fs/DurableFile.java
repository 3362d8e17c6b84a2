package dev.mayfly.base.fs;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Writes whole files durably.
 *
 * <p>The bytes go to a temporary name in the same directory and are fsynced before the name changes, so a reader sees the
 * old file or the new one and never a part. The directory is fsynced after, or the new name could be lost with the power
 * (fsync(2)). A temporary left by a crash starts with {@value #TEMPORARY_PREFIX} and is removed by {@link #sweep}.
 */
public final class DurableFile {
    static final String TEMPORARY_PREFIX = ".mayfly-tmp-";

    private static final int BUFFER = 64 << 10;

    /** What a file shall hold. */
    @FunctionalInterface
    public interface Content {
        /** @param out buffered; closed by the caller */
        void writeTo(OutputStream out) throws IOException;
    }

    private DurableFile() {}

    /** Writes the file, in place of one that may be there. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, out -> out.write(content));
    }

    /** Like {@link #replace(Path, byte[])} for content that need not fit into memory. When it throws, nothing has changed. */
    public static void replace(Path file, Content content) throws IOException {
        Path temporary = write(file, content);
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw discarded(temporary, e);
        }
        syncDirectory(directoryOf(file));
    }

    /**
     * Writes a file that is not there yet.
     *
     * @throws FileAlreadyExistsException when it is; nothing has changed then
     */
    public static void create(Path file, byte[] content) throws IOException {
        Path temporary = write(file, out -> out.write(content));
        try {
            // A rename would replace what is there; a link fails when the name is taken (link(2)).
            Files.createLink(file, temporary);
        } catch (IOException e) {
            throw discarded(temporary, e);
        }
        Files.delete(temporary);
        syncDirectory(directoryOf(file));
    }

    /** Makes the names in a directory durable: created, renamed and removed ones. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Removes what interrupted writes have left in a directory. Only for a directory in which nobody writes now.
     *
     * @return what was removed
     */
    public static List<Path> sweep(Path directory) throws IOException {
        List<Path> removed = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                boolean ours = String.valueOf(file.getFileName()).startsWith(TEMPORARY_PREFIX)
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
                if (ours && Files.deleteIfExists(file)) {
                    removed.add(file);
                }
            }
        }
        return removed;
    }

    private static Path write(Path file, Content content) throws IOException {
        Path temporary = directoryOf(file)
                .resolve(TEMPORARY_PREFIX
                        + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
            content.writeTo(out);
            out.flush();
            channel.force(true);
            return temporary;
        } catch (IOException e) {
            throw discarded(temporary, e);
        } catch (RuntimeException | Error e) {
            discarded(temporary, new IOException(e));
            throw e;
        }
    }

    private static IOException discarded(Path temporary, IOException failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not a file name: " + file);
        }
        return parent;
    }
}
