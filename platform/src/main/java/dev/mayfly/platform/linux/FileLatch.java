package dev.mayfly.platform.linux;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A lock by flock(2): held by this open file, not by the process, so two of them exclude each other wherever they are, and
 * the kernel lets go when the process dies. Taking it in another mode may let somebody else in between.
 */
public final class FileLatch implements AutoCloseable {
    private static final int SHARED = 1;
    private static final int EXCLUSIVE = 2;
    private static final int NO_WAIT = 4;
    private static final int OWNER_ONLY = 0600;

    private final int descriptor;
    private final Path file;

    private FileLatch(int descriptor, Path file) {
        this.descriptor = descriptor;
        this.file = file;
    }

    /** Opens, and makes when it is missing, the file that stands for what is locked. It is never removed. */
    public static FileLatch open(Path file) throws IOException {
        CallResult opened = Libc.open(file.toString(), OpenFlag.RDWR | OpenFlag.CREAT, OWNER_ONLY);
        if (!opened.ok()) {
            throw new ErrnoException("open " + file, opened.errno());
        }
        return new FileLatch(Math.toIntExact(opened.value()), file);
    }

    /** Waits until nobody has it exclusively. */
    public void share() throws IOException {
        take(SHARED);
    }

    /** Waits until nobody else has it. */
    public void exclude() throws IOException {
        take(EXCLUSIVE);
    }

    /** Like {@link #exclude} without waiting. @return whether it was to be had */
    public boolean tryExclude() throws IOException {
        return take(EXCLUSIVE | NO_WAIT);
    }

    private boolean take(int how) throws IOException {
        while (true) {
            CallResult result = FileCall.FLOCK.call(descriptor, how, 0);
            if (result.ok()) {
                return true;
            }
            if (result.failedWith(Errno.EAGAIN)) {
                return false;
            }
            if (!result.failedWith(Errno.EINTR)) {
                throw new ErrnoException("flock " + file, result.errno());
            }
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
