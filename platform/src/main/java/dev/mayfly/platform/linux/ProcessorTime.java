package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What this process has used of processors; other load on the machine hardly moves it. */
public final class ProcessorTime {
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final long NANOS = 1_000_000_000L;

    private ProcessorTime() {}

    /** Of all threads, those of the JVM itself too, in nanoseconds since it began. Processes that it started do not count. */
    public static long nanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 2); // struct timespec
            Libc.syscall(FileCalls.number(228, 113), CLOCK_PROCESS_CPUTIME_ID, time.address(), 0)
                    .orThrow(ErrorCode.INTERNAL, "clock_gettime", "use Linux");
            return time.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS + time.getAtIndex(ValueLayout.JAVA_LONG, 1);
        }
    }
}
