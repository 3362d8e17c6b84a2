package dev.mayfly.sandbox.record;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The place where the evidence of red runs is kept: {@code <root>/<run_id>/}, never overwritten. A run that turns red
 * again gets {@code <run_id>.2}, {@code <run_id>.3} and so on.
 *
 * <p>A case is written whole under a temporary name, synced, and then renamed, so a crash leaves no half case; what a
 * dead writer left is swept by {@link #sweep()}.
 */
public final class Quarantine {
    private static final String DRAFT = ".draft-";
    private static final int MOST_CASES_PER_RUN = 10_000;

    private final Path root;

    public Quarantine(Path root) {
        this.root = root;
    }

    /**
     * Keeps one case.
     *
     * @param files content by file name; names are chosen by us, never by the job
     * @return the folder in which the case now lies, durable
     * @throws MayflyException {@code STATE_UNAVAILABLE} when it cannot be written; then nothing is there
     */
    public Path keep(String runId, SortedMap<String, byte[]> files) {
        Path draft = root.resolve(DRAFT + UUID.randomUUID());
        try {
            Files.createDirectories(root, ownerOnly());
            Files.createDirectory(draft, ownerOnly());
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                write(draft.resolve(file.getKey()), file.getValue());
            }
            sync(draft);
            Path kept = place(draft, runId);
            sync(root);
            return kept;
        } catch (IOException e) {
            delete(draft);
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "the red run " + runId + " could not be quarantined in " + root,
                    e.toString(),
                    "free space or give write access to " + root + ", then run the request again",
                    e);
        }
    }

    /** Removes drafts of writers that died; call it before any writer runs. Returns how many there were. */
    public int sweep() {
        if (!Files.isDirectory(root)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(root)) {
            List<Path> drafts = entries.filter(
                            entry -> entry.getFileName().toString().startsWith(DRAFT))
                    .toList();
            drafts.forEach(Quarantine::delete);
            return drafts.size();
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "the quarantine " + root + " could not be read",
                    e.toString(),
                    "give read and write access to " + root,
                    e);
        }
    }

    private Path place(Path draft, String runId) throws IOException {
        for (int n = 1; n <= MOST_CASES_PER_RUN; n++) {
            Path place = root.resolve(n == 1 ? runId : runId + "." + n);
            if (Files.exists(place)) {
                continue;
            }
            try {
                // rename(2) onto a folder that is not empty fails, so a writer that was faster is never overwritten.
                return Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                // The JDK has no type of its own for ENOTEMPTY of an atomic move.
                if (!Files.exists(place)) {
                    throw e;
                }
            }
        }
        throw new IOException(MOST_CASES_PER_RUN + " cases of this run are kept already");
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            entries.sorted(Comparator.reverseOrder()).forEach(entry -> {
                try {
                    Files.deleteIfExists(entry);
                } catch (IOException _) {
                    // What stays has a draft's name and is swept at the next start.
                }
            });
        } catch (IOException _) {
            // Likewise.
        }
    }

    private static java.nio.file.attribute.FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }
}
