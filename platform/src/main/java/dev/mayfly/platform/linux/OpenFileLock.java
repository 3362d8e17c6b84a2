package dev.mayfly.platform.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Advisory locks on single bytes of a file that belong to this opening of it (open file description locks, fcntl(2)). The
 * kernel lets them go when the opening ends, however the process does. Unlike the locks of {@code FileChannel}, two openings
 * in one process exclude each other, and closing another descriptor of the same file lets nothing go.
 *
 * <p>One opening cannot hold a byte twice: threads that share one need a lock of their own around it.
 */
public final class OpenFileLock implements AutoCloseable {
    /** include/uapi/asm-generic/fcntl.h */
    private static final int F_OFD_SETLK = 37;

    private static final int F_OFD_SETLKW = 38;
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    /** What struct flock takes on 64-bit machines: two shorts, padding, start, length, pid, padding. */
    private static final int FLOCK_BYTES = 32;

    private static final int FLOCK_START = 8;
    private static final int FLOCK_LENGTH = 16;

    private final Path file;
    private final int descriptor;

    private OpenFileLock(Path file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /** Opens a file, which is made empty when it is not there. Nothing is locked yet. */
    public static OpenFileLock open(Path file) throws IOException {
        return open(file, OpenFlag.RDWR | OpenFlag.CREAT);
    }

    /** @throws NoSuchFileException when it is not there; it is not made */
    public static OpenFileLock existing(Path file) throws IOException {
        return open(file, OpenFlag.RDWR);
    }

    private static OpenFileLock open(Path file, int flags) throws IOException {
        CallResult opened = Libc.open(file.toString(), flags, 0666);
        if (opened.failedWith(Errno.ENOENT)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!opened.ok()) {
            throw new IOException(file + ": open: " + opened.errno().describe());
        }
        return new OpenFileLock(file, Math.toIntExact(opened.value()));
    }

    /** Waits for the byte, alone. */
    public void exclusive(long at) throws IOException {
        require(set(F_OFD_SETLKW, F_WRLCK, at));
    }

    /** Waits for the byte, together with others who share it. */
    public void shared(long at) throws IOException {
        require(set(F_OFD_SETLKW, F_RDLCK, at));
    }

    /** @return false when others hold the byte */
    public boolean tryExclusive(long at) throws IOException {
        return tried(set(F_OFD_SETLK, F_WRLCK, at));
    }

    /** @return false when somebody holds the byte alone */
    public boolean tryShared(long at) throws IOException {
        return tried(set(F_OFD_SETLK, F_RDLCK, at));
    }

    public void release(long at) throws IOException {
        require(set(F_OFD_SETLK, F_UNLCK, at));
    }

    /** Lets everything go. */
    @Override
    public void close() {
        Libc.close(descriptor);
    }

    private CallResult set(int command, short type, long at) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flock = arena.allocate(FLOCK_BYTES, Long.BYTES);
            flock.set(ValueLayout.JAVA_SHORT, 0, type);
            flock.set(ValueLayout.JAVA_LONG, FLOCK_START, at);
            flock.set(ValueLayout.JAVA_LONG, FLOCK_LENGTH, 1);
            CallResult call = Libc.fcntl(descriptor, command, flock.address());
            while (call.failedWith(Errno.EINTR)) {
                call = Libc.fcntl(descriptor, command, flock.address());
            }
            return call;
        }
    }

    private boolean tried(CallResult call) throws IOException {
        if (call.failedWith(Errno.EAGAIN) || call.failedWith(Errno.EACCES)) {
            return false;
        }
        require(call);
        return true;
    }

    private void require(CallResult call) throws IOException {
        if (!call.ok()) {
            throw new IOException(file + ": fcntl: " + call.errno().describe());
        }
    }
}
