package dev.mayfly.platform.verbs;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Calls functions by their address, all in one shape, as {@code Libc} does and for its reasons: as if each took five longs
 * and answered with one. Answers that are ints must be cut by the caller. Belongs to one thread.
 */
final class Calls {
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    Linker.Option.captureCallState("errno"));

    private final MemorySegment state;

    /** @param arena for as long as this is used */
    Calls(Arena arena) {
        state = arena.allocate(CALL_STATE);
    }

    /** Memory that somebody else owns and that is known to be at least so long. */
    static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    // SAFETY: the address is that of a function that has at most five arguments, all of them integers or addresses;
    // what
    // lies behind addresses is kept alive by the callers of this package for as long as libibverbs says.
    long call(MemorySegment function, long a0, long a1, long a2, long a3, long a4) {
        try {
            return (long) CALL.invokeExact(function, state, a0, a1, a2, a3, a4);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new MayflyException(
                    ErrorCode.INTERNAL, "libibverbs cannot be called", String.valueOf(e), "please report it", e);
        }
    }

    long call(MemorySegment function, long a0) {
        return call(function, a0, 0, 0, 0, 0);
    }

    long call(MemorySegment function, long a0, long a1, long a2) {
        return call(function, a0, a1, a2, 0, 0);
    }

    /** Of the last call. */
    Errno errno() {
        return new Errno((int) ERRNO.get(state, 0L));
    }
}
