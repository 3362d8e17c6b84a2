package dev.mayfly.env.repo.fs;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A folder of somebody who relies on content that no tag names yet. Its file {@code lease} lists that content, a letter of
 * its kind and a digest each, and is locked as long as the owner lives, so the kernel tells the living from the dead. A lease
 * that is let go while garbage is collected stays until that has ended: the collector may have read the tags before the owner
 * pushed one.
 */
public final class Lease implements AutoCloseable {
    private static final String LIST = "lease";
    private static final String UNFINISHED = ".new-";
    private static final int RECORD = 1 + Digest.BYTES;
    private static final Duration LONG_AGO = Duration.ofMinutes(10);
    private static final int BOOT_ID_SHOWN = 8;

    /** What a lease keeps. */
    public record Kept(Kind kind, Digest digest) {}

    private final Path folder;
    private final CollectorLock collector;
    private final OpenFileLock lock;
    private final FileChannel list;
    private boolean closed;

    private Lease(Path folder, CollectorLock collector, OpenFileLock lock, FileChannel list) {
        this.folder = folder;
        this.collector = collector;
        this.lock = lock;
        this.list = list;
    }

    static Lease take(Layout layout, CollectorLock collector, IdSource ids) throws IOException {
        String name = owner() + "-" + ids.next();
        Path unfinished = layout.ingests().resolve(UNFINISHED + name);
        Path folder = layout.ingests().resolve(name);
        Files.createDirectories(unfinished);
        OpenFileLock lock = OpenFileLock.open(unfinished.resolve(LIST));
        try {
            lock.exclusive(0);
            Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
            return new Lease(
                    folder, collector, lock, FileChannel.open(folder.resolve(LIST), StandardOpenOption.APPEND));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** For people who look at a folder; whether its owner lives is said by the lock. */
    private static String owner() {
        ProcessHandle self = ProcessHandle.current();
        String boot = "none";
        try {
            boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).substring(0, BOOT_ID_SHOWN);
        } catch (IOException e) {
            // Not on this system.
        }
        return boot + "-" + self.pid() + "-"
                + self.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
    }

    /** Where its owner may keep what is not published yet. */
    Path folder() {
        return folder;
    }

    /** From now on this stays, or comes back when it was being collected. To be called before looking whether it is there. */
    public void keep(Collection<Kept> content) throws IOException {
        ByteBuffer records = ByteBuffer.allocate(content.size() * RECORD);
        for (Kept each : content) {
            records.put(each.kind().letter());
            each.digest().put(records);
        }
        records.flip();
        synchronized (this) {
            long before = list.size();
            try {
                while (records.hasRemaining()) {
                    list.write(records);
                }
            } catch (IOException e) {
                // Half a record would shift all that come after it.
                list.truncate(before);
                throw e;
            }
        }
    }

    public void keep(Kind kind, Digest digest) throws IOException {
        keep(List.of(new Kept(kind, digest)));
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try (lock;
                list) {
            clear(folder);
            if (!collector.collecting()) {
                delete(folder);
            }
        }
    }

    /** A lease as the collector sees it. */
    public record Seen(Path folder, boolean live) {
        /**
         * What it keeps. A record that its owner did not end keeps nothing: he had not looked for it yet.
         *
         * @param from leaves out so many of the first records
         */
        public List<Kept> kept(long from) throws IOException {
            List<Kept> kept = new ArrayList<>();
            try (FileChannel list = FileChannel.open(folder.resolve(LIST))) {
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(list.size() - from * RECORD));
                int count = 0;
                while (bytes.hasRemaining() && count >= 0) {
                    count = list.read(bytes, from * RECORD + bytes.position());
                }
                for (int at = 0; at + RECORD <= bytes.position(); at += RECORD) {
                    kept.add(new Kept(Kind.of(bytes.get(at)), Digest.at(bytes.array(), at + 1)));
                }
            } catch (NoSuchFileException e) {
                return List.of();
            }
            return kept;
        }

        /** Ends it; its owner is gone. */
        public void delete() throws IOException {
            clear(folder);
            Lease.delete(folder);
        }
    }

    /** All leases, also those of the dead. */
    public static List<Seen> all(Layout layout) throws IOException {
        List<Seen> all = new ArrayList<>();
        for (Path each : folders(layout)) {
            if (!String.valueOf(each.getFileName()).startsWith(UNFINISHED)) {
                all.add(new Seen(each, isLive(each)));
            }
        }
        return all;
    }

    /**
     * Removes what dead processes have left; leases themselves stay when garbage is being collected.
     *
     * @return folders that were swept
     */
    static List<Path> sweep(Layout layout, CollectorLock collector) throws IOException {
        List<Path> swept = new ArrayList<>();
        boolean collecting = collector.collecting();
        for (Path each : folders(layout)) {
            boolean unfinished = String.valueOf(each.getFileName()).startsWith(UNFINISHED);
            if (isLive(each) || (unfinished && isYoung(each))) {
                continue;
            }
            clear(each);
            if (!collecting || unfinished) {
                delete(each);
            }
            swept.add(each);
        }
        return swept;
    }

    private static boolean isYoung(Path folder) {
        try {
            return Files.getLastModifiedTime(folder)
                    .toInstant()
                    .isAfter(Instant.now().minus(LONG_AGO));
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isLive(Path folder) throws IOException {
        try (OpenFileLock lock = OpenFileLock.existing(folder.resolve(LIST))) {
            return !lock.tryShared(0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static List<Path> folders(Layout layout) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(layout.ingests())) {
            folders.forEach(found::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    /** Removes all but the list. */
    private static void clear(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                if (!LIST.equals(String.valueOf(each.getFileName()))) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Somebody else sweeps as well.
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(LIST));
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Somebody else sweeps as well, and looks at a list that was not there any more.
        }
    }
}
