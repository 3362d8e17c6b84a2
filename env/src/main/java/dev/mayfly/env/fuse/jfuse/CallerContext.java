package dev.mayfly.env.fuse.jfuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Who asks: {@code fuse_get_context} of the library that is calling. It answers for the thread it is called on, so it must be
 * called on the thread of the callback. The library stays loaded for the life of the program.
 */
final class CallerContext {
    /** struct fuse_context of libfuse 2 and 3: a pointer, uid_t, gid_t, pid_t (fuse.h). */
    private static final long PID_AT = ValueLayout.ADDRESS.byteSize() + 2 * ValueLayout.JAVA_INT.byteSize();

    private final MethodHandle call;

    private CallerContext(MethodHandle call) {
        this.call = call;
    }

    /** @throws MayflyException {@code FUSE_MISSING} when the file is no such library */
    static CallerContext of(Path library) {
        try {
            MemorySegment function = SymbolLookup.libraryLookup(library, Arena.global())
                    .find("fuse_get_context")
                    .orElseThrow(() -> new IllegalArgumentException("it has no fuse_get_context"));
            return new CallerContext(
                    Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS)));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.FUSE_MISSING,
                    library + " is not a FUSE library",
                    String.valueOf(e.getMessage()),
                    "install it again",
                    e);
        }
    }

    /** The number of the process or thread that asks; -1 outside of a callback. */
    int pid() {
        MemorySegment context;
        try {
            context = (MemorySegment) call.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("fuse_get_context takes nothing and throws nothing", e);
        }
        // SAFETY: the library owns the struct, one for each of its threads, and it is at least as long.
        return context.address() == 0
                ? -1
                : context.reinterpret(PID_AT + ValueLayout.JAVA_INT.byteSize()).get(ValueLayout.JAVA_INT, PID_AT);
    }
}
