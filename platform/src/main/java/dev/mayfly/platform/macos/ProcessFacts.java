package dev.mayfly.platform.macos;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * What macOS says of a process: {@code proc_pidinfo} with {@code PROC_PIDTBSDINFO} (libproc.h, sys/proc_info.h). The layout
 * is that of struct proc_bsdinfo, which is the same on both of Apple's processors.
 *
 * @param startMicros when it was started, in microseconds since 1970
 * @param zombie whether it has ended and was not waited for yet
 */
public record ProcessFacts(int pid, int parent, long startMicros, boolean zombie) {
    private static final int PROC_PIDTBSDINFO = 3;
    /** sizeof(struct proc_bsdinfo). */
    static final int BYTES = 136;

    static final int STATUS_AT = 4;
    static final int PID_AT = 12;
    static final int PARENT_AT = 16;
    static final int START_SECONDS_AT = 120;
    static final int START_MICROS_AT = 128;
    /** SZOMB (sys/proc.h). */
    static final int ZOMBIE = 5;

    private static final long MICROS = 1_000_000;

    /** Empty when there is no such process, when this user may not look at it, and on systems that are not macOS. */
    public static Optional<ProcessFacts> of(int pid) {
        Optional<MemorySegment> function = SymbolLookup.loaderLookup()
                .find("proc_pidinfo")
                .or(() -> Linker.nativeLinker().defaultLookup().find("proc_pidinfo"));
        if (function.isEmpty()) {
            return Optional.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BYTES, Long.BYTES);
            // SAFETY: int proc_pidinfo(int pid, int flavor, uint64_t arg, void *buffer, int buffersize) writes at most
            // that many bytes.
            int written = (int) Linker.nativeLinker()
                    .downcallHandle(
                            function.get(),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_LONG,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT))
                    .invokeExact(pid, PROC_PIDTBSDINFO, 0L, info, BYTES);
            return written == BYTES ? read(info).filter(found -> found.pid == pid) : Optional.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("proc_pidinfo throws nothing", e);
        }
    }

    /** Reads a struct proc_bsdinfo; empty when it is too short. */
    static Optional<ProcessFacts> read(MemorySegment info) {
        if (info.byteSize() < BYTES) {
            return Optional.empty();
        }
        long seconds = info.get(ValueLayout.JAVA_LONG_UNALIGNED, START_SECONDS_AT);
        long micros = info.get(ValueLayout.JAVA_LONG_UNALIGNED, START_MICROS_AT);
        return Optional.of(new ProcessFacts(
                info.get(ValueLayout.JAVA_INT_UNALIGNED, PID_AT),
                info.get(ValueLayout.JAVA_INT_UNALIGNED, PARENT_AT),
                seconds * MICROS + micros,
                info.get(ValueLayout.JAVA_INT_UNALIGNED, STATUS_AT) == ZOMBIE));
    }
}
