package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lock on a file, which the kernel lets go of when its process dies. */
final class OneOfHome implements AutoCloseable {
    private final FileChannel channel;

    private OneOfHome(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws MayflyException {@code SERVICE_RUNNING} when another process has it */
    static OneOfHome lock(Path file, String what) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (taken(channel)) {
                channel.close();
                throw new MayflyException(
                        ErrorCode.SERVICE_RUNNING,
                        "another " + what + " runs in this home",
                        file + " is locked",
                        "stop that one, or choose another --home");
            }
            return new OneOfHome(channel);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "cannot open " + file,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "make its folder writable, or choose another --home",
                    e);
        }
    }

    private static boolean taken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // The kernel lets go of the lock with the process.
        }
    }
}
