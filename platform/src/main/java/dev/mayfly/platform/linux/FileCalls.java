package dev.mayfly.platform.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The file system calls behind {@link OpenFolder} and {@link OpenedFile}. Names are bytes, as the kernel has them. */
final class FileCalls {
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final long O_DIRECTORY = directory();
    static final long O_NOFOLLOW = noFollow();
    static final long RESOLVE_NO_MAGICLINKS = 0x02;
    static final long RESOLVE_NO_SYMLINKS = 0x04;
    static final long RESOLVE_BENEATH = 0x08;

    /** Since Linux 5.6; one number on all machines. */
    private static final int OPENAT2 = 437;

    /** include/uapi/linux/stat.h: struct statx. */
    private static final long STATX_BYTES = 256;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final long NANOS = 1_000_000_000L;

    private FileCalls() {}

    /** arch/arm64/include/uapi/asm/fcntl.h differs from the generic header. */
    private static long directory() {
        return Machine.current() == Machine.AARCH64 ? 040000 : 0200000;
    }

    private static long noFollow() {
        return Machine.current() == Machine.AARCH64 ? 0100000 : 0400000;
    }

    /** From arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. */
    static long number(int x86, int generic) {
        return switch (Machine.current()) {
            case X86_64 -> x86;
            case AARCH64 -> generic;
            case OTHER -> -1;
        };
    }

    static MemorySegment text(Arena arena, byte[] bytes) {
        MemorySegment text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return text;
    }

    static CallResult openat2(int folder, byte[] path, long flags, long mode, long resolve) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(ValueLayout.JAVA_LONG, 3); // struct open_how: flags, mode, resolve
            how.setAtIndex(ValueLayout.JAVA_LONG, 0, flags | OpenFlag.CLOEXEC);
            how.setAtIndex(ValueLayout.JAVA_LONG, 1, mode);
            how.setAtIndex(ValueLayout.JAVA_LONG, 2, resolve);
            CallResult result;
            do {
                result =
                        Libc.syscall(OPENAT2, folder, text(arena, path).address(), how.address(), how.byteSize(), 0, 0);
                // A rename elsewhere in the tree makes a walk that must stay beneath begin anew: openat2(2).
            } while (result.failedWith(Errno.EAGAIN) || result.failedWith(Errno.EINTR));
            return result;
        }
    }

    /** Of a name in a folder, or with no name of the descriptor itself; links are not followed. */
    static StatResult stat(int folder, byte[] name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(STATX_BYTES, 8);
            int flags = AT_SYMLINK_NOFOLLOW | (name.length == 0 ? AT_EMPTY_PATH : 0);
            CallResult call = Libc.syscall(
                    number(332, 291), folder, text(arena, name).address(), flags, STATX_BASIC_STATS, out.address(), 0);
            return new StatResult(call, facts(out));
        }
    }

    record StatResult(CallResult call, FileFacts facts) {}

    private static FileFacts facts(MemorySegment s) {
        return new FileFacts(
                pair(s, 136),
                s.get(ValueLayout.JAVA_LONG, 32),
                Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, 28)),
                s.get(ValueLayout.JAVA_INT, 20),
                s.get(ValueLayout.JAVA_INT, 24),
                Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 16)),
                s.get(ValueLayout.JAVA_LONG, 40),
                time(s, 112),
                time(s, 96),
                pair(s, 128));
    }

    /** Major and minor number. */
    private static long pair(MemorySegment s, long at) {
        return Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, at)) << 32
                | Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, at + 4));
    }

    /** struct statx_timestamp. */
    private static long time(MemorySegment s, long at) {
        return s.get(ValueLayout.JAVA_LONG, at) * NANOS + s.get(ValueLayout.JAVA_INT, at + 8);
    }
}
