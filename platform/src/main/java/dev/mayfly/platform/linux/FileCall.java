package dev.mayfly.platform.linux;

/**
 * Calls on files whose numbers differ between machines: arch/x86/entry/syscalls/syscall_64.tbl and
 * include/uapi/asm-generic/unistd.h.
 */
enum FileCall {
    READ(0, 63),
    WRITE(1, 64),
    LSEEK(8, 62),
    FLOCK(73, 32),
    UMOUNT2(166, 39),
    GETDENTS64(217, 61),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    RENAMEAT2(316, 276),
    COPY_FILE_RANGE(326, 285),
    STATX(332, 291);

    private final int x86;
    private final int arm;

    FileCall(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    CallResult call(long a0, long a1, long a2, long a3, long a4, long a5) {
        int number = switch (Machine.current()) {
            case X86_64 -> x86;
            case AARCH64 -> arm;
            case OTHER -> -1;
        };
        return Libc.syscall(number, a0, a1, a2, a3, a4, a5);
    }

    CallResult call(long a0, long a1, long a2) {
        return call(a0, a1, a2, 0, 0, 0);
    }
}
