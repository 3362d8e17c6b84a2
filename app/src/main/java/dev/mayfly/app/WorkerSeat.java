package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.queue.api.Epoch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The place of one worker in a home folder, locked as long as it lives. The kernel lets go of the lock when the process
 * ends, however it ends; so whoever holds it knows that all earlier holders are gone.
 */
final class WorkerSeat implements AutoCloseable {
    private static final int SEATS = 64;

    private final FileChannel channel;
    private final Epoch epoch;

    private WorkerSeat(FileChannel channel, Epoch epoch) {
        this.channel = channel;
        this.epoch = epoch;
    }

    /** @throws MayflyException {@code STATE_UNAVAILABLE} */
    static WorkerSeat take(Path home, IdSource ids) {
        Path folder = home.resolve("worker");
        try {
            Files.createDirectories(folder);
            String homeId = homeId(folder.resolve("id"), ids);
            for (int seat = 0; seat < SEATS; seat++) {
                Optional<FileChannel> locked = lock(folder.resolve("seat-" + seat));
                if (locked.isPresent()) {
                    Epoch epoch = new Epoch(
                            ids.next(),
                            homeId + "/" + seat,
                            WorkerProcess.current().text());
                    return new WorkerSeat(locked.get(), epoch);
                }
            }
        } catch (IOException e) {
            throw failed(folder, e.toString());
        }
        throw failed(folder, SEATS + " workers serve from this home already");
    }

    private static String homeId(Path file, IdSource ids) throws IOException {
        try {
            DurableFile.create(file, ids.next().getBytes(StandardCharsets.US_ASCII));
        } catch (FileAlreadyExistsException _) {
            // Made by an earlier worker, or by one that starts with us.
        }
        return Files.readString(file).strip();
    }

    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException _) {
            // Another worker of this very process has it.
        }
        channel.close();
        return Optional.empty();
    }

    private static MayflyException failed(Path folder, String why) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "no place for a worker in " + folder,
                why,
                "make the folder writable, or choose another --home");
    }

    Epoch epoch() {
        return epoch;
    }

    /** Whether an epoch is over because its seat is this one. */
    boolean followed(Epoch other) {
        return other.home().equals(epoch.home()) && !other.id().equals(epoch.id());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // The lock ends with the process at the latest.
        }
    }
}
