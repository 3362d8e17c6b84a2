package dev.mayfly.platform.linux.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The reading end of a ring that programs in the kernel write to (Documentation/bpf/ringbuf.rst): a page with our position,
 * a page with theirs, and the data twice in a row, so that no record is broken in two. All programs of all processors write
 * to one ring, so records come in the order in which room was taken for them. What finds no room is refused to the program,
 * which has to count it. One thread reads; the map stays its maker's.
 */
public final class RingBuffer implements AutoCloseable {
    private static final int HEADER_BYTES = 8;
    /** In the length: the record is not whole yet, or was given up (BPF_RINGBUF_BUSY_BIT and the next one). */
    private static final int BUSY = 1 << 31;

    private static final int DISCARDED = 1 << 30;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int MAP_SHARED = 1;
    private static final short POLLIN = 1;
    private static final VarHandle LONG = JAVA_LONG.varHandle();
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ours;
    private final MemorySegment theirs;
    private final MemorySegment data;
    private final ByteBuffer records;
    private final MemorySegment pollSet;
    private final long mask;
    private long position;

    private RingBuffer(BpfMap map, int bytes) {
        int page = Libc.pageSize();
        try {
            ours = map(map, page, PROT_READ | PROT_WRITE, 0);
            MemorySegment rest = map(map, page + 2L * bytes, PROT_READ, page);
            theirs = rest.asSlice(0, page);
            data = rest.asSlice(page);
            records = data.asByteBuffer().order(ByteOrder.nativeOrder()).asReadOnlyBuffer();
            records.order(ByteOrder.nativeOrder());
            pollSet = arena.allocate(8, 8);
            pollSet.set(JAVA_INT, 0, map.fd());
            pollSet.set(JAVA_SHORT, 4, POLLIN);
            mask = bytes - 1L;
            position = (long) LONG.getAcquire(ours, 0L);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** @param bytes that the map was made with */
    public static RingBuffer open(BpfMap map, int bytes) {
        return new RingBuffer(map, bytes);
    }

    // SAFETY: the segment is exactly what the kernel has mapped; it is unmapped when the arena ends, after which
    // reading it
    // is an exception and not a crash.
    @SuppressWarnings("restricted")
    private MemorySegment map(BpfMap map, long bytes, int protection, long offset) {
        CallResult call = Libc.map(bytes, protection, MAP_SHARED, map.fd(), offset);
        if (!call.ok()) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "map of a BPF ring buffer failed",
                    call.errno().describe(),
                    "Linux 5.8 or newer has ring buffers; look for a limit of locked memory: ulimit -l");
        }
        return MemorySegment.ofAddress(call.value())
                .reinterpret(bytes, arena, gone -> Libc.unmap(gone.address(), bytes));
    }

    /** Waits until there is something to read, at most so long. */
    public void await(int millis) {
        CallResult _ = Libc.poll(pollSet.address(), 1, millis);
    }

    /** Hands over what is there, and returns how much that was. */
    public int drain(RingSink sink) {
        int taken = 0;
        long end = (long) LONG.getAcquire(theirs, 0L);
        while (position < end) {
            long at = position & mask;
            int header = (int) INT.getAcquire(data, at);
            if ((header & BUSY) != 0) {
                break;
            }
            int length = header & ~(BUSY | DISCARDED);
            if ((header & DISCARDED) == 0) {
                sink.record(records, (int) at + HEADER_BYTES, length);
                taken++;
            }
            position += (length + HEADER_BYTES + 7L) & ~7L;
            LONG.setRelease(ours, 0L, position);
        }
        return taken;
    }

    @Override
    public void close() {
        arena.close();
    }
}
