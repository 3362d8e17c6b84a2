package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of one runtime, which {@code mayfly-enter} knows too:
 *
 * <ul>
 *   <li>{@code runtime.json} the record, durable
 *   <li>{@code life} locked by every keeper as long as it lives
 *   <li>{@code keeper} one line of the keeper that runs or ran last
 *   <li>{@code top} empty; in the runtime's namespace a tmpfs with the parts of the overlay
 *   <li>{@code disk} only of durable runtimes: {@code upper} and {@code work}
 * </ul>
 */
record RuntimeFolder(Path path) {
    /** The byte that stands for all of it; keepers lock the whole file. */
    private static final long WHOLE = 0;

    Path record() {
        return path.resolve("runtime.json");
    }

    Path life() {
        return path.resolve("life");
    }

    Path top() {
        return path.resolve("top");
    }

    Path disk() {
        return path.resolve("disk");
    }

    /** Makes it, with a shared lease on its life, so that nobody takes it for left behind. */
    OpenFileLock make(boolean durable) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createFile(life());
        Files.createDirectory(top());
        if (durable) {
            Files.createDirectory(disk());
        }
        return leaseShared().orElseThrow(() -> new IOException(life() + " is locked already"));
    }

    /** One that is not durable ends with the machine, so nothing is waited for; it is whole or not there in any case. */
    void write(RuntimeRecord record) throws IOException {
        if (record.durable()) {
            DurableFile.replace(record(), RecordJson.write(record));
        } else {
            Path whole = path.resolve("runtime.json.new");
            Files.write(whole, RecordJson.write(record));
            Files.move(whole, record(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** @throws MayflyException {@code STATE_CORRUPT} when it cannot be understood */
    Optional<RuntimeRecord> read() throws IOException {
        try {
            return Optional.of(RecordJson.read(record(), Files.readAllBytes(record())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    Optional<Keeper> keeper() throws IOException {
        return Keeper.read(path.resolve("keeper"));
    }

    boolean isDurable() {
        return Files.isDirectory(disk(), LinkOption.NOFOLLOW_LINKS);
    }

    /** A lease for who takes it down; empty while a keeper lives or somebody else takes it down. */
    Optional<OpenFileLock> leaseAlone() throws IOException {
        return lease(lock -> lock.tryExclusive(WHOLE));
    }

    /** A lease as keepers have it; empty while somebody takes it down. */
    Optional<OpenFileLock> leaseShared() throws IOException {
        return lease(lock -> lock.tryShared(WHOLE));
    }

    private interface Attempt {
        boolean on(OpenFileLock lock) throws IOException;
    }

    private Optional<OpenFileLock> lease(Attempt attempt) throws IOException {
        OpenFileLock lock;
        try {
            lock = OpenFileLock.existing(life());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            taken = attempt.on(lock);
        } finally {
            if (!taken) {
                lock.close();
            }
        }
        return taken ? Optional.of(lock) : Optional.empty();
    }

    /** What a keeper would have done at its end. */
    void takeDown() throws IOException {
        Files.deleteIfExists(path.resolve("keeper"));
        Files.deleteIfExists(path.resolve("keeper.new"));
        if (!isDurable()) {
            remove();
        }
    }

    /** With all changes. Links in it are removed, not followed. */
    void remove() throws IOException {
        try {
            delete(path);
            DurableFile.syncDirectory(Optional.ofNullable(path.getParent()).orElseThrow());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    path + " cannot be removed",
                    String.valueOf(e),
                    "remove it by hand",
                    e);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> children = Files.list(path)) {
                for (Path child : (Iterable<Path>) children::iterator) {
                    delete(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
