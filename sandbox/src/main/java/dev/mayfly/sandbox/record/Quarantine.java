package dev.mayfly.sandbox.record;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The place where the evidence of red runs is kept: {@code <root>/<run_id>/}, never overwritten. A run that turns red
 * again gets {@code <run_id>.<time>-<random>}, in UTC, so that a name is found at once however many there are.
 *
 * <p>A case is written whole under a temporary name, synced, and then renamed, so a crash leaves no half case; what a
 * dead writer left is swept by {@link #sweep()}. What is removed gets a temporary name first, so that nobody sees half of
 * it, and a writer that takes its name loses nothing to the removal.
 */
public final class Quarantine {
    private static final String DRAFT = ".draft-";
    /** Everything else in the folder was put there by somebody else. */
    private static final Pattern CASE = Pattern.compile("r_[^/]*");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyyMMdd'T'HHmmss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Path root;
    private final Clock clock;

    public Quarantine(Path root, Clock clock) {
        this.root = root;
        this.clock = clock;
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

    /**
     * What was removed.
     *
     * @param bytes what the files held
     */
    public record Removed(int cases, long bytes) {}

    private record Case(Path folder, Instant kept, long bytes) {}

    /**
     * Removes the cases that were kept before {@code time}, and then the oldest until the rest is not larger than
     * {@code mostBytes}; the newest stays whatever its size. A case is as old as its folder's modification time says.
     */
    public Removed remove(Instant time, long mostBytes) {
        List<Case> cases = cases();
        long left = cases.stream().mapToLong(Case::bytes).sum();
        int removed = 0;
        long bytes = 0;
        for (int i = 0; i < cases.size(); i++) {
            Case oldest = cases.get(i);
            boolean tooMuch = left > mostBytes && i < cases.size() - 1;
            if (!oldest.kept().isBefore(time) && !tooMuch) {
                break;
            }
            left -= oldest.bytes();
            if (remove(oldest.folder())) {
                removed++;
                bytes += oldest.bytes();
            }
        }
        return new Removed(removed, bytes);
    }

    private boolean remove(Path folder) {
        Path leaving = root.resolve(DRAFT + UUID.randomUUID());
        try {
            Files.move(folder, leaving, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException _) {
            return false; // somebody else removed it
        }
        delete(leaving);
        return true;
    }

    /** The oldest first. */
    private List<Case> cases() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        List<Case> cases = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                if (CASE.matcher(entry.getFileName().toString()).matches()
                        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    measure(entry).ifPresent(cases::add);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw unreadable(e);
        }
        cases.sort(Comparator.comparing(Case::kept).thenComparing(Case::folder));
        return cases;
    }

    private static Optional<Case> measure(Path folder) {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                bytes += Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .size();
            }
            Instant kept =
                    Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
            return Optional.of(new Case(folder, kept, bytes));
        } catch (IOException | DirectoryIteratorException _) {
            return Optional.empty(); // removed meanwhile
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
            throw unreadable(e);
        }
    }

    private MayflyException unreadable(Exception e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "the quarantine " + root + " could not be read",
                e.toString(),
                "give read and write access to " + root,
                e);
    }

    private Path place(Path draft, String runId) throws IOException {
        Path first = root.resolve(runId);
        if (!Files.exists(first)) {
            try {
                // rename(2) onto a folder that is not empty fails, so a writer that was faster is never overwritten.
                return Files.move(draft, first, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                // The JDK has no type of its own for ENOTEMPTY of an atomic move.
                if (!Files.exists(first)) {
                    throw e;
                }
            }
        }
        String random = UUID.randomUUID().toString().substring(0, 8);
        Path again = root.resolve(runId + "." + TIME.format(clock.instant()) + "-" + random);
        return Files.move(draft, again, StandardCopyOption.ATOMIC_MOVE);
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
