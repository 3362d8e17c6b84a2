package dev.mayfly.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * The C library, and with {@link #syscall} the kernel below it. Every call captures errno before the JVM can overwrite
 * it and returns it as part of a {@link CallResult}.
 *
 * <p>All functions are called through one handle, as if each took seven longs and answered with one. To link a shape of
 * call costs a young JVM 6 to 20 ms, so there is only one. The calling conventions of Linux allow it (System V ABI for
 * x86-64, section 3.2.3; AAPCS64, section 6.4): an integer argument is in a register of its own whose upper half a
 * function of ints does not read, surplus registers are not looked at, and a variadic function finds its integers where
 * another would. The upper half of an answer that is an int is undefined, so it is cut off.
 *
 * <p>Memory passed in belongs to the caller and must outlive the call; nothing here keeps an address. Calls pin the
 * carrier thread while they run, so calls that can block for long belong on a platform thread.
 */
public final class Libc {
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

    /** Takes the address of the function, where errno goes, and seven arguments. */
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    /** As signal-defs.h of the C library has it; the answer of signal(2) is a pointer, of which nothing is looked at. */
    private static final long SIG_IGN = 1;

    private record Function(String symbol, Optional<MemorySegment> found) {
        static final Function SYSCALL = of("syscall");
        static final Function PRCTL = of("prctl");
        static final Function OPEN = of("open");
        static final Function IOCTL = of("ioctl");
        static final Function CLOSE = of("close");
        static final Function KILL = of("kill");
        static final Function SIGNAL = of("signal");
        static final Function GETEUID = of("geteuid");
        static final Function FCNTL = of("fcntl");
        static final Function SYNCFS = of("syncfs");
        static final Function SETSID = of("setsid");
        static final Function FALLOCATE = of("fallocate");
        static final Function MMAP = of("mmap");
        static final Function MUNMAP = of("munmap");
        static final Function POLL = of("poll");
        static final Function GETPAGESIZE = of("getpagesize");

        private static Function of(String symbol) {
            return new Function(symbol, Linker.nativeLinker().defaultLookup().find(symbol));
        }

        /** Missing symbols are told when they are called: this class must load on every system. */
        MemorySegment address() {
            return found.orElseThrow(() -> new MayflyException(
                    ErrorCode.INTERNAL,
                    symbol + " cannot be called",
                    "the C library of this system has no such symbol",
                    "this path is for Linux only; please report it with the output of `mayfly doctor`"));
        }
    }

    private Libc() {}

    /**
     * Any system call by number. Pointers are passed as {@link MemorySegment#address()}; numbers differ between
     * machines, see {@link Machine}.
     */
    public static CallResult syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return call(Function.SYSCALL, number, a0, a1, a2, a3, a4, a5);
    }

    /** Where a call of {@link #syscall(MemorySegment, long, long, long, long, long, long, long)} leaves errno. */
    public static MemorySegment callState(Arena arena) {
        return arena.allocate(CALL_STATE);
    }

    /**
     * The same for who calls some thousand times a second and brings the place for errno, so that no memory is made and given
     * back for each call.
     *
     * @param state of {@link #callState}, used by one thread at a time
     */
    public static CallResult syscall(
            MemorySegment state, long number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return result(invoke(state, Function.SYSCALL, number, a0, a1, a2, a3, a4, a5), state);
    }

    public static CallResult syscall(long number, long a0, long a1, long a2) {
        return syscall(number, a0, a1, a2, 0, 0, 0);
    }

    public static CallResult prctl(int option, long a2, long a3, long a4, long a5) {
        return callInt(Function.PRCTL, option, a2, a3, a4, a5);
    }

    /** open(2); {@code O_CLOEXEC} is added, since nothing here may leak into child processes. */
    public static CallResult open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return callInt(Function.OPEN, name.address(), flags | OpenFlag.CLOEXEC, mode, 0, 0);
        }
    }

    public static CallResult close(int fd) {
        return callInt(Function.CLOSE, fd, 0, 0, 0, 0);
    }

    public static CallResult ioctl(int fd, long request, long argument) {
        return callInt(Function.IOCTL, fd, request, argument, 0, 0);
    }

    public static CallResult fcntl(int fd, int command, long argument) {
        return callInt(Function.FCNTL, fd, command, argument, 0, 0);
    }

    /** Writes back everything of the file system that holds this file; errors of that are told since Linux 5.8. */
    public static CallResult syncfs(int fd) {
        return callInt(Function.SYNCFS, fd, 0, 0, 0, 0);
    }

    /** fallocate(2) without any mode: gives the file room for so many bytes and makes it so long, without writing them. */
    public static CallResult fallocate(int fd, long from, long bytes) {
        return callInt(Function.FALLOCATE, fd, 0, from, bytes, 0);
    }

    /** mmap(2) where the kernel likes it; the value is the address. */
    public static CallResult map(long bytes, int protection, int flags, int fd, long offset) {
        return call(Function.MMAP, 0, bytes, protection, flags, fd, offset, 0);
    }

    public static CallResult unmap(long address, long bytes) {
        return callInt(Function.MUNMAP, address, bytes, 0, 0, 0);
    }

    /** poll(2) on an array of so many struct pollfd; blocks, so it belongs on a platform thread. */
    public static CallResult poll(long descriptors, int count, int millis) {
        return callInt(Function.POLL, descriptors, count, millis, 0, 0);
    }

    public static int pageSize() {
        return (int) callInt(Function.GETPAGESIZE, 0, 0, 0, 0, 0).value();
    }

    public static CallResult kill(int pid, int signal) {
        return callInt(Function.KILL, pid, signal, 0, 0, 0);
    }

    /** setsid(2): away from the terminal, and from signals to the group that started this process. */
    public static CallResult setsid() {
        return callInt(Function.SETSID, 0, 0, 0, 0, 0);
    }

    /**
     * Keeps a signal from doing anything to this process, whatever the JVM would have done with it. Processes that are
     * started afterwards ignore it too, until they say otherwise (signal(7)).
     */
    public static void ignoreSignal(int number) {
        CallResult _ = callInt(Function.SIGNAL, number, SIG_IGN, 0, 0, 0);
    }

    /** The effective user id of this process; cannot fail. */
    public static int effectiveUserId() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) invoke(arena.allocate(CALL_STATE), Function.GETEUID, 0, 0, 0, 0, 0, 0, 0);
        }
    }

    private static CallResult callInt(Function function, long a0, long a1, long a2, long a3, long a4) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int value = (int) invoke(state, function, a0, a1, a2, a3, a4, 0, 0);
            return result(value, state);
        }
    }

    private static CallResult call(Function function, long a0, long a1, long a2, long a3, long a4, long a5, long a6) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return result(invoke(state, function, a0, a1, a2, a3, a4, a5, a6), state);
        }
    }

    // SAFETY: the address is that of a function of the C library that is called with at least the arguments it has, all
    // of them integers or addresses; the memory behind addresses is kept alive by the callers of this class.
    private static long invoke(
            MemorySegment state, Function function, long a0, long a1, long a2, long a3, long a4, long a5, long a6) {
        try {
            return (long) CALL.invokeExact(function.address(), state, a0, a1, a2, a3, a4, a5, a6);
        } catch (Throwable e) {
            throw failed(function.symbol, e);
        }
    }

    private static CallResult result(long value, MemorySegment state) {
        return CallResult.of(value, (int) ERRNO.get(state, 0L));
    }

    private static RuntimeException failed(String name, Throwable cause) {
        if (cause instanceof RuntimeException known) {
            return known;
        }
        if (cause instanceof Error fatal) {
            throw fatal;
        }
        return new MayflyException(ErrorCode.INTERNAL, name + " cannot be called", String.valueOf(cause), "", cause);
    }
}
