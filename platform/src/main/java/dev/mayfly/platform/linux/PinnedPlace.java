package dev.mayfly.platform.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder or file that stays what it was when it was opened, whatever becomes of its path: while this is open the kernel
 * gives its inode to nothing else, so {@link #identity} tells it from everything that may stand there later.
 */
public final class PinnedPlace implements AutoCloseable {
    /** Since Linux 5.6; one number on all machines. */
    private static final int OPENAT2 = 437;

    private static final int AT_FDCWD = -100;
    private static final long O_PATH = 010000000;
    /** include/uapi/linux/openat2.h */
    private static final long RESOLVE_NO_MAGICLINKS = 0x02;

    private static final long RESOLVE_NO_SYMLINKS = 0x04;

    private final int descriptor;
    private final String identity;

    private PinnedPlace(int descriptor, String identity) {
        this.descriptor = descriptor;
        this.identity = identity;
    }

    /**
     * Opens a place without following a link anywhere on the way to it.
     *
     * @param real an absolute path as {@link Path#toRealPath} gave it
     * @throws IOException when a link stands in the path, or nothing
     */
    public static PinnedPlace open(Path real) throws IOException {
        CallResult opened;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(real.toString());
            MemorySegment how = arena.allocate(ValueLayout.JAVA_LONG, 3); // struct open_how: flags, mode, resolve
            how.setAtIndex(ValueLayout.JAVA_LONG, 0, O_PATH | OpenFlag.CLOEXEC);
            how.setAtIndex(ValueLayout.JAVA_LONG, 2, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
            opened = Libc.syscall(OPENAT2, AT_FDCWD, name.address(), how.address(), how.byteSize(), 0, 0);
        }
        if (!opened.ok()) {
            throw new IOException(real + ": " + opened.errno().describe());
        }
        int descriptor = Math.toIntExact(opened.value());
        try {
            var facts = Files.readAttributes(Path.of("/proc/self/fd/" + descriptor), "unix:dev,ino");
            return new PinnedPlace(descriptor, facts.get("dev") + ":" + facts.get("ino"));
        } catch (IOException | RuntimeException e) {
            Libc.close(descriptor);
            throw e;
        }
    }

    /** Device and inode in decimal, as {@code stat -c %d:%i} writes them. */
    public String identity() {
        return identity;
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
