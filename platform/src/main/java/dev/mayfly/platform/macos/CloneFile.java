package dev.mayfly.platform.macos;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Another file with the same blocks: {@code clonefile} of APFS (clonefile(2)). */
public final class CloneFile {
    /** ENOTSUP (sys/errno.h): this file system shares no blocks. */
    public static final int UNSUPPORTED = 45;

    /** EXDEV: they lie on two volumes. */
    public static final int TWO_VOLUMES = 18;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                    Linker.Option.captureCallState("errno"));

    private CloneFile() {}

    /**
     * @param to must not be there
     * @return 0, or why not as errno; empty on systems that have no such call
     */
    public static OptionalInt clone(Path from, Path to) {
        return clone(Linker.nativeLinker().defaultLookup().find("clonefile"), from, to);
    }

    static OptionalInt clone(Optional<MemorySegment> function, Path from, Path to) {
        if (function.isEmpty()) {
            return OptionalInt.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            // SAFETY: int clonefile(const char *src, const char *dst, int flags) reads two texts.
            int done = (int) CALL.invokeExact(
                    function.get(), state, arena.allocateFrom(from.toString()), arena.allocateFrom(to.toString()), 0);
            return OptionalInt.of(done == 0 ? 0 : (int) ERRNO.get(state, 0L));
        } catch (Throwable e) {
            throw new IllegalStateException("clonefile throws nothing", e);
        }
    }
}
