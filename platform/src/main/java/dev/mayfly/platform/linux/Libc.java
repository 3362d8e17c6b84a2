package dev.mayfly.platform.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The C library, and with {@link #syscall} the kernel below it. Every call captures errno before the JVM can overwrite
 * it and returns it as part of a {@link CallResult}.
 *
 * <p>Memory passed in belongs to the caller and must outlive the call; nothing here keeps an address. Calls pin the
 * carrier thread while they run, so calls that can block for long belong on a platform thread.
 */
public final class Libc {
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
    private static final MemoryLayout C_INT = JAVA_INT;
    private static final MemoryLayout C_LONG = JAVA_LONG;

    /** One class per function, so that each is linked by its first call: a link costs milliseconds in a young JVM. */
    private static final class Syscall {
        static final MethodHandle HANDLE =
                variadic("syscall", 1, C_LONG, C_LONG, C_LONG, C_LONG, C_LONG, C_LONG, C_LONG, C_LONG);
    }

    private static final class Prctl {
        static final MethodHandle HANDLE = variadic("prctl", 1, C_INT, C_INT, C_LONG, C_LONG, C_LONG, C_LONG);
    }

    private static final class Open {
        static final MethodHandle HANDLE = variadic("open", 2, C_INT, ADDRESS, C_INT, C_INT);
    }

    private static final class Ioctl {
        static final MethodHandle HANDLE = variadic("ioctl", 2, C_INT, C_INT, C_LONG, C_LONG);
    }

    private static final class Close {
        static final MethodHandle HANDLE = fixed("close", C_INT, C_INT);
    }

    private static final class Kill {
        static final MethodHandle HANDLE = fixed("kill", C_INT, C_INT, C_INT);
    }

    private static final class Geteuid {
        static final MethodHandle HANDLE = fixed("geteuid", C_INT);
    }

    private Libc() {}

    /**
     * Any system call by number. Pointers are passed as {@link MemorySegment#address()}; numbers differ between
     * machines, see {@link Machine}.
     */
    public static CallResult syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            long value = (long) Syscall.HANDLE.invokeExact(state, number, a0, a1, a2, a3, a4, a5);
            return result(value, state);
        } catch (Throwable e) {
            throw failed("syscall " + number, e);
        }
    }

    public static CallResult syscall(long number, long a0, long a1, long a2) {
        return syscall(number, a0, a1, a2, 0, 0, 0);
    }

    public static CallResult prctl(int option, long a2, long a3, long a4, long a5) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) Prctl.HANDLE.invokeExact(state, option, a2, a3, a4, a5), state);
        } catch (Throwable e) {
            throw failed("prctl", e);
        }
    }

    /** open(2); {@code O_CLOEXEC} is added, since nothing here may leak into child processes. */
    public static CallResult open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment name = arena.allocateFrom(path);
            return result((int) Open.HANDLE.invokeExact(state, name, flags | OpenFlag.CLOEXEC, mode), state);
        } catch (Throwable e) {
            throw failed("open", e);
        }
    }

    public static CallResult close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) Close.HANDLE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw failed("close", e);
        }
    }

    public static CallResult ioctl(int fd, long request, long argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) Ioctl.HANDLE.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw failed("ioctl", e);
        }
    }

    public static CallResult kill(int pid, int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) Kill.HANDLE.invokeExact(state, pid, signal), state);
        } catch (Throwable e) {
            throw failed("kill", e);
        }
    }

    /** The effective user id of this process; cannot fail. */
    public static int effectiveUserId() {
        try (Arena arena = Arena.ofConfined()) {
            return (int) Geteuid.HANDLE.invokeExact(arena.allocate(CALL_STATE));
        } catch (Throwable e) {
            throw failed("geteuid", e);
        }
    }

    private static CallResult result(long value, MemorySegment state) {
        return CallResult.of(value, (int) ERRNO.get(state, 0L));
    }

    private static MethodHandle fixed(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle variadic(String name, int fixedArguments, MemoryLayout result, MemoryLayout... args) {
        return link(name, FunctionDescriptor.of(result, args), Linker.Option.firstVariadicArg(fixedArguments));
    }

    /** A symbol that is missing becomes a handle that says so when called: classes must load on every system. */
    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, descriptor, options))
                .orElseGet(() -> missing(name, descriptor));
    }

    private static MethodHandle missing(String name, FunctionDescriptor descriptor) {
        var type = descriptor.toMethodType().insertParameterTypes(0, MemorySegment.class);
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), MayflyException.class)
                .bindTo(new MayflyException(
                        ErrorCode.INTERNAL,
                        name + " cannot be called",
                        "the C library of this system has no such symbol",
                        "this path is for Linux only; please report it with the output of `mayfly doctor`"));
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
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
