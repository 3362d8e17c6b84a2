package dev.mayfly.env.fuse;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Wakes a thread that is blocked in a call into the kernel, so that the call ends with {@code EINTR}. A signal without
 * {@code SA_RESTART} does that; what it runs is a function of the C library that only computes.
 */
final class Signals {
    /** A real-time signal (signal(7)) that neither the JVM nor the C library uses. */
    private static final int WAKE = 44;

    /** struct sigaction of glibc and musl on 64-bit machines: handler, mask (128 bytes), flags, restorer. */
    private static final int ACTION_BYTES = 152;

    /** arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h. */
    private record Numbers(int gettid, int getpid, int tgkill) {}

    private static final Numbers NUMBERS = switch (dev.mayfly.platform.linux.Machine.current()) {
        case X86_64 -> new Numbers(186, 39, 234);
        case AARCH64 -> new Numbers(178, 172, 131);
        case OTHER -> new Numbers(-1, -1, -1);
    };

    private Signals() {}

    /** Once for the process, before {@link #wake}; doing it again changes nothing. */
    static void prepare(Native calls, Arena arena) {
        MemorySegment harmless =
                Linker.nativeLinker().defaultLookup().find("abs").orElse(MemorySegment.NULL);
        MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
        action.set(ValueLayout.JAVA_LONG, 0, harmless.address());
        calls.action(WAKE, action);
    }

    /** The kernel's number of the calling thread. */
    static int self(Native calls) {
        return (int) calls.system(NUMBERS.gettid, 0, 0, 0);
    }

    static void wake(Native calls, int thread) {
        calls.system(NUMBERS.tgkill, calls.system(NUMBERS.getpid, 0, 0, 0), thread, WAKE);
    }
}
