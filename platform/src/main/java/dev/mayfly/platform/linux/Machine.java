package dev.mayfly.platform.linux;

import java.util.Locale;

/**
 * The processor families this house runs on, with the few system call numbers that it needs and that differ between
 * them. Calls added since Linux 5.1 have one number everywhere and are constants of the class that makes them.
 */
public enum Machine {
    X86_64(317, 321, 298),
    AARCH64(277, 280, 241),
    OTHER(-1, -1, -1);

    private final int seccomp;
    private final int bpf;
    private final int perfEventOpen;

    Machine(int seccomp, int bpf, int perfEventOpen) {
        this.seccomp = seccomp;
        this.bpf = bpf;
        this.perfEventOpen = perfEventOpen;
    }

    public static Machine current() {
        return of(System.getProperty("os.arch", ""));
    }

    /** From the {@code os.arch} property or {@code uname -m}. */
    public static Machine of(String architecture) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default -> OTHER;
        };
    }

    /** Number of seccomp(2), or -1, which the kernel answers with ENOSYS. */
    public int seccompNumber() {
        return seccomp;
    }

    /** O_DIRECTORY, which aarch64 has of its own (arch/arm64/include/uapi/asm/fcntl.h). */
    int directoryFlag() {
        return this == AARCH64 ? 040000 : 0200000;
    }

    /** O_NOFOLLOW, likewise. */
    int noFollowFlag() {
        return this == AARCH64 ? 0100000 : 0400000;
    }

    public int bpfNumber() {
        return bpf;
    }

    public int perfEventOpenNumber() {
        return perfEventOpen;
    }
}
