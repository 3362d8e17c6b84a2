package dev.mayfly.platform.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock on a whole file that belongs to this object alone and that the kernel takes back when the process ends (fcntl(2),
 * open file description locks). Unlike {@link java.nio.channels.FileLock}, it is not lost when something else in this
 * process opens and closes the same file.
 */
public final class FileLease implements AutoCloseable {
    private static final int F_OFD_SETLK = 37;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;

    private final int descriptor;

    private FileLease(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Together with other shared ones; empty while somebody has it alone. The file must be there. */
    public static Optional<FileLease> shared(Path file) throws IOException {
        return take(file, F_RDLCK);
    }

    /** Empty while anybody else has one. */
    public static Optional<FileLease> alone(Path file) throws IOException {
        return take(file, F_WRLCK);
    }

    private static Optional<FileLease> take(Path file, short type) throws IOException {
        CallResult opened = Libc.open(file.toString(), OpenFlag.RDWR, 0);
        if (opened.failedWith(Errno.ENOENT)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!opened.ok()) {
            throw new IOException(file + ": " + opened.errno().describe());
        }
        int descriptor = (int) opened.value();
        CallResult locked;
        try (Arena arena = Arena.ofConfined()) {
            // struct flock: short type, short whence (0 = SEEK_SET), long start, long length (0 = all), int pid (0).
            MemorySegment whole = arena.allocate(32, 8);
            whole.set(ValueLayout.JAVA_SHORT, 0, type);
            locked = Libc.syscall(FileCalls.number(72, 25), descriptor, F_OFD_SETLK, whole.address());
        }
        if (locked.ok()) {
            return Optional.of(new FileLease(descriptor));
        }
        Libc.close(descriptor);
        if (locked.failedWith(Errno.EAGAIN) || locked.failedWith(Errno.EACCES)) {
            return Optional.empty();
        }
        throw new IOException(file + " cannot be locked: " + locked.errno().describe());
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
