package dev.mayfly.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls on many files one after the other, with nothing between them: what a program in C would measure of a file system.
 * Java's own file API costs more than the calls themselves. Paths are laid out as the kernel wants them beforehand, nothing
 * is allocated meanwhile, and errno is not looked at unless a call fails.
 *
 * <p>Used by one thread, a platform thread: its processor time is what is told.
 */
public final class BulkCalls implements AutoCloseable {
    private static final long AT_FDCWD = -100;
    private static final long AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long CLOCK_THREAD_CPUTIME_ID = 3;
    private static final int STAT_BYTES = 256;
    private static final int READ_BYTES = 1 << 20;
    private static final int LIST_BYTES = 1 << 16;
    private static final int DEEPEST = 256;
    private static final byte FOLDER = 4; // DT_DIR

    /** Like {@link Libc}'s, of which one shape is enough, but without errno, whose capture makes an object each time. */
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

    /**
     * @param count files, or entries of a walk
     * @param bytes read
     */
    public record Took(long wallNanos, long processorNanos, long count, long bytes) {}

    private interface Each {
        /** @return bytes read */
        long call(long path);
    }

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment function;
    private final MemorySegment status = arena.allocate(STAT_BYTES, 8);
    private final MemorySegment buffer = arena.allocate(READ_BYTES, 4096);
    private final List<MemorySegment> lists = new ArrayList<>();
    private final MemorySegment root;
    private final long[] paths;
    private final long fstatat = FileCalls.number(262, 79);
    private final long openat = FileCalls.number(257, 56);
    private final long read = FileCalls.number(0, 63);
    private final long close = FileCalls.number(3, 57);
    private final long getdents = FileCalls.number(217, 61);
    private final long clock = FileCalls.number(228, 113);

    private BulkCalls(Path root, List<String> files) {
        this.function = Linker.nativeLinker().defaultLookup().find("syscall").orElseThrow();
        this.root = arena.allocateFrom(root.toString());
        this.paths = new long[files.size()];
        for (int i = 0; i < paths.length; i++) {
            paths[i] = arena.allocateFrom(root + "/" + files.get(i), StandardCharsets.UTF_8)
                    .address();
        }
    }

    /** @param files their paths from the root */
    public static BulkCalls on(Path root, List<String> files) {
        return new BulkCalls(root, files);
    }

    /** The attributes of each file. */
    public Took stat() {
        return timed(path -> {
            check(call(fstatat, AT_FDCWD, path, status.address(), 0), "stat");
            return 0;
        });
    }

    public Took openAndClose() {
        return timed(path -> {
            check(call(close, open(AT_FDCWD, path, OpenFlag.RDONLY), 0, 0, 0), "close");
            return 0;
        });
    }

    /** All of each file. */
    public Took read() {
        return timed(path -> {
            long open = open(AT_FDCWD, path, OpenFlag.RDONLY);
            long bytes = 0;
            long piece;
            do {
                piece = check(call(read, open, buffer.address(), READ_BYTES, 0), "read");
                bytes += piece;
            } while (piece == READ_BYTES);
            check(call(close, open, 0, 0, 0), "close");
            return bytes;
        });
    }

    private Took timed(Each each) {
        long processor = processorNanos();
        long wall = System.nanoTime();
        long bytes = 0;
        for (long path : paths) {
            bytes += each.call(path);
        }
        return new Took(System.nanoTime() - wall, processorNanos() - processor, paths.length, bytes);
    }

    /** Lists all folders below the root and asks for the attributes of each entry, as {@code find -ls} does. */
    public Took walk() {
        long processor = processorNanos();
        long wall = System.nanoTime();
        long count = walk(open(AT_FDCWD, root.address(), folderFlags()), 0);
        return new Took(System.nanoTime() - wall, processorNanos() - processor, count, 0);
    }

    private long walk(long folder, int depth) {
        if (depth == DEEPEST) {
            throw failed("folders are nested deeper than " + DEEPEST, "");
        }
        if (lists.size() == depth) {
            lists.add(arena.allocate(LIST_BYTES, 8));
        }
        MemorySegment list = lists.get(depth);
        long count = 0;
        long length;
        while ((length = check(call(getdents, folder, list.address(), LIST_BYTES, 0), "getdents64")) > 0) {
            // struct linux_dirent64: inode, offset, length (2), type (1), name
            for (long at = 0; at < length; ) {
                long name = list.address() + at + 19;
                if (!isDots(list, at + 19)) {
                    check(call(fstatat, folder, name, status.address(), AT_SYMLINK_NOFOLLOW), "stat");
                    count++;
                    if (list.get(ValueLayout.JAVA_BYTE, at + 18) == FOLDER) {
                        count += walk(open(folder, name, folderFlags()), depth + 1);
                    }
                }
                at += Short.toUnsignedInt(list.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
            }
        }
        check(call(close, folder, 0, 0, 0), "close");
        return count;
    }

    private static boolean isDots(MemorySegment list, long name) {
        if (list.get(ValueLayout.JAVA_BYTE, name) != '.') {
            return false;
        }
        byte second = list.get(ValueLayout.JAVA_BYTE, name + 1);
        return second == 0 || (second == '.' && list.get(ValueLayout.JAVA_BYTE, name + 2) == 0);
    }

    private static long folderFlags() {
        return OpenFlag.RDONLY | Machine.current().directoryFlag();
    }

    private long open(long folder, long path, long flags) {
        return check(call(openat, folder, path, flags | OpenFlag.CLOEXEC, 0), "open");
    }

    private long processorNanos() {
        check(call(clock, CLOCK_THREAD_CPUTIME_ID, status.address(), 0, 0), "clock_gettime");
        return status.get(JAVA_LONG, 0) * 1_000_000_000L + status.get(JAVA_LONG, 8);
    }

    // SAFETY: syscall(3) takes a number and up to six integers or addresses, those of memory of this arena.
    private long call(long number, long a0, long a1, long a2, long a3) {
        try {
            return (long) CALL.invokeExact(function, number, a0, a1, a2, a3, 0L, 0L);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw failed("a system call cannot be made", String.valueOf(e));
        }
    }

    private static long check(long result, String what) {
        if (result < 0) {
            throw failed(what + " failed", "the kernel refused it for a file that was there before");
        }
        return result;
    }

    private static MayflyException failed(String what, String why) {
        return new MayflyException(ErrorCode.INTERNAL, what, why, "measure a folder that nobody changes meanwhile");
    }

    @Override
    public void close() {
        arena.close();
    }
}
