package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Messages for recvmmsg(2) and sendmmsg(2): headers, and for each a name, a control buffer and a slot of data. The kernel
 * reads and writes all of it by address, so the arena must live as long as a call may be made.
 */
final class MessageBatch {
    /** Room for a time stamp and an extended error with an IPv6 address behind it. */
    static final int CONTROL_BYTES = 192;

    /** struct mmsghdr on 64 bits: struct msghdr of 56, then the length. */
    private static final int HEADER_BYTES = 64;

    private static final int NAME_BYTES_AT = 8;
    private static final int CONTROL_BYTES_AT = 40;
    private static final int FLAGS_AT = 48;
    private static final int LENGTH_AT = 56;
    private static final int IOVEC_BYTES = 16;

    private final int size;
    private final int slotBytes;
    private final MemorySegment headers;
    private final MemorySegment iovecs;
    private final MemorySegment names;
    private final ByteBuffer nameBytes;
    private final MemorySegment control;
    private final ByteBuffer data;

    MessageBatch(Arena arena, int size, int slotBytes) {
        this.size = size;
        this.slotBytes = slotBytes;
        headers = arena.allocate((long) size * HEADER_BYTES, 8);
        iovecs = arena.allocate((long) size * IOVEC_BYTES, 8);
        names = arena.allocate((long) size * Sockets.SOCKADDR_BYTES, 8);
        nameBytes = names.asByteBuffer();
        control = arena.allocate((long) size * CONTROL_BYTES, 8);
        MemorySegment slots = arena.allocate((long) size * slotBytes, 8);
        data = slots.asByteBuffer();
        for (int i = 0; i < size; i++) {
            long header = (long) i * HEADER_BYTES;
            long iovec = (long) i * IOVEC_BYTES;
            headers.set(JAVA_LONG, header, names.address() + (long) i * Sockets.SOCKADDR_BYTES);
            headers.set(JAVA_LONG, header + 16, iovecs.address() + iovec);
            headers.set(JAVA_LONG, header + 24, 1);
            headers.set(JAVA_LONG, header + 32, control.address() + (long) i * CONTROL_BYTES);
            iovecs.set(JAVA_LONG, iovec, slots.address() + (long) i * slotBytes);
        }
        readyToReceive(size);
    }

    /** The kernel shortens these to what it wrote. */
    void readyToReceive(int used) {
        for (int i = 0; i < used; i++) {
            long header = (long) i * HEADER_BYTES;
            headers.set(JAVA_INT, header + NAME_BYTES_AT, Sockets.SOCKADDR_BYTES);
            headers.set(JAVA_LONG, header + CONTROL_BYTES_AT, CONTROL_BYTES);
            iovecs.set(JAVA_LONG, (long) i * IOVEC_BYTES + 8, slotBytes);
        }
    }

    /** For a batch that is sent: beside each message stands, for those that want it, that the kernel is not to stamp it. */
    void prepareUnstamped() {
        for (int i = 0; i < size; i++) {
            ControlMessages.writeUnstamped(control, controlAt(i));
        }
    }

    /** @param stamped as the socket has it; else not, after {@link #prepareUnstamped} */
    void readyToSend(int i, int nameBytesUsed, int bytes, boolean stamped) {
        long header = (long) i * HEADER_BYTES;
        headers.set(JAVA_INT, header + NAME_BYTES_AT, nameBytesUsed);
        headers.set(JAVA_LONG, header + CONTROL_BYTES_AT, stamped ? 0 : ControlMessages.UNSTAMPED_BYTES);
        iovecs.set(JAVA_LONG, (long) i * IOVEC_BYTES + 8, bytes);
    }

    int size() {
        return size;
    }

    MemorySegment headers() {
        return headers;
    }

    long headerAddress(int i) {
        return headers.address() + (long) i * HEADER_BYTES;
    }

    int bytes(int i) {
        return headers.get(JAVA_INT, (long) i * HEADER_BYTES + LENGTH_AT);
    }

    boolean truncated(int i) {
        return (headers.get(JAVA_INT, (long) i * HEADER_BYTES + FLAGS_AT) & Sockets.MSG_TRUNC) != 0;
    }

    /** All slots, big-endian; message i begins at {@link #slotAt}. */
    ByteBuffer data() {
        return data;
    }

    int slotAt(int i) {
        return i * slotBytes;
    }

    MemorySegment names() {
        return names;
    }

    /** The names as bytes, big-endian. */
    ByteBuffer nameBytes() {
        return nameBytes;
    }

    int nameAt(int i) {
        return i * Sockets.SOCKADDR_BYTES;
    }

    MemorySegment control() {
        return control;
    }

    int controlAt(int i) {
        return i * CONTROL_BYTES;
    }

    int controlBytes(int i) {
        return (int) headers.get(JAVA_LONG, (long) i * HEADER_BYTES + CONTROL_BYTES_AT);
    }
}
