package dev.mayfly.platform.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A queue pair for datagrams, ready to send, with memory that the card reads and writes: places to send from, then places
 * to receive to. A place to receive has {@link #HEADER_BYTES} in front for the header, as the card fills it in. What is in
 * a place may not be touched from when it is handed over until its completion. Belongs to one thread at a time.
 */
public final class VerbsQueue implements AutoCloseable {
    /** The IPv6 header, or 20 bytes of anything and the IPv4 header, in front of each datagram that arrived. */
    public static final int HEADER_BYTES = 40;

    private static final long PAGE = 4096;
    private static final short POLLIN = 1;
    private static final long PPOLL = 271;
    private static final int POLLFD_BYTES = 8;

    private final VerbsDevice device;
    private final Calls calls;
    private final QueueShape shape;
    private final Arena arena = Arena.ofShared();
    private final Undo undo = new Undo();
    private final MemorySegment memory;
    private final ByteBuffer buffer;
    private final MemorySegment channel;
    private final CompletionQueue sent;
    private final CompletionQueue received;
    private final MemorySegment pair;
    private final long domain;
    private final MemorySegment postSend;
    private final MemorySegment postReceive;
    private final MemorySegment work;
    private final MemorySegment piece;
    private final MemorySegment failedWork;
    private final MemorySegment pollSet;
    private final MemorySegment pollTime;
    private final MemorySegment told;
    private boolean stopped;
    private boolean stoppedWell = true;
    private boolean closed;

    private VerbsQueue(VerbsDevice device, QueueShape shape) {
        this.device = device;
        this.calls = device.calls();
        this.shape = shape;
        try {
            memory = arena.allocate(placesEnd(shape), PAGE);
            buffer = memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
            domain = made("ibv_alloc_pd", device.context().address(), 0, 0, 0, "gives no protection domain");
            undo.add("ibv_dealloc_pd", domain);
            long region = made(
                    "ibv_reg_mr",
                    domain,
                    memory.address(),
                    memory.byteSize(),
                    Layout.Rest.LOCAL_WRITE,
                    "cannot pin " + memory.byteSize() + " bytes of memory");
            undo.add("ibv_dereg_mr", region);
            long made = made("ibv_create_comp_channel", device.context().address(), 0, 0, 0, "gives no event channel");
            undo.add("ibv_destroy_comp_channel", made);
            channel = Calls.at(made, Layout.Rest.CHANNEL_BYTES);
            VerbsDevice.nonBlocking(channel.get(JAVA_INT, Layout.Rest.CHANNEL_FD));
            Optional<Ticks> ticks = shape.cardStamps() ? device.ticks() : Optional.empty();
            CardClock best = shape.cardStamps() ? CardClock.WALLCLOCK : CardClock.NONE;
            sent = CompletionQueue.open(arena, device, channel.address(), shape.sends(), best, ticks);
            undo.add("ibv_destroy_cq", sent.address());
            // Both of one clock: stamps of sending and receiving are subtracted.
            received = CompletionQueue.open(arena, device, channel.address(), shape.receives(), sent.clock(), ticks);
            undo.add("ibv_destroy_cq", received.address());
            pair = Calls.at(createPair(), Layout.Qp.BYTES);
            undo.add("ibv_destroy_qp", pair.address());
            postSend = CompletionQueue.pointer(device.context(), Layout.Context.POST_SEND);
            postReceive = CompletionQueue.pointer(device.context(), Layout.Context.POST_RECV);
            work = arena.allocate(Layout.Work.SEND_BYTES, Long.BYTES);
            piece = arena.allocate(Layout.Work.PIECE_BYTES, Long.BYTES);
            piece.set(
                    JAVA_INT,
                    Layout.Work.PIECE_KEY,
                    Calls.at(region, Layout.Rest.MR_BYTES).get(JAVA_INT, Layout.Rest.MR_KEY));
            failedWork = arena.allocate(Long.BYTES, Long.BYTES);
            told = arena.allocate(2L * Long.BYTES, Long.BYTES);
            pollTime = arena.allocate(2L * Long.BYTES, Long.BYTES);
            pollSet = arena.allocate(2L * POLLFD_BYTES, Long.BYTES);
            watch(0, channel.get(JAVA_INT, Layout.Rest.CHANNEL_FD));
            watch(1, device.eventDescriptor());
            bringUp();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens one; the places to receive are not handed over yet.
     *
     * @throws MayflyException {@code LISTEN_FAILED} when the card does not give something
     */
    public static VerbsQueue open(VerbsDevice device, QueueShape shape) {
        return new VerbsQueue(device, shape);
    }

    private static long placesEnd(QueueShape shape) {
        return (long) shape.sends() * shape.payloadBytes()
                + (long) shape.receives() * (HEADER_BYTES + shape.payloadBytes());
    }

    private void watch(int i, int fd) {
        pollSet.set(JAVA_INT, (long) i * POLLFD_BYTES, fd);
        pollSet.set(JAVA_SHORT, (long) i * POLLFD_BYTES + 4, POLLIN);
    }

    private long made(String call, long a0, long a1, long a2, long a3, String otherwise) {
        long made = calls.call(device.library().symbol(call), a0, a1, a2, a3, 0);
        if (made == 0) {
            throw device.failed(otherwise);
        }
        return made;
    }

    private long createPair() {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment wanted = here.allocate(Layout.Qp.INIT_BYTES, Long.BYTES);
            wanted.set(JAVA_LONG, Layout.Qp.INIT_SEND_CQ, sent.address());
            wanted.set(JAVA_LONG, Layout.Qp.INIT_RECV_CQ, received.address());
            wanted.set(JAVA_INT, Layout.Qp.INIT_MAX_SEND, shape.sends());
            wanted.set(JAVA_INT, Layout.Qp.INIT_MAX_RECV, shape.receives());
            wanted.set(JAVA_INT, Layout.Qp.INIT_MAX_SEND_SGE, 1);
            wanted.set(JAVA_INT, Layout.Qp.INIT_MAX_RECV_SGE, 1);
            wanted.set(JAVA_INT, Layout.Qp.INIT_TYPE, Layout.Qp.UD);
            wanted.set(JAVA_INT, Layout.Qp.INIT_SIGNAL_ALL, 1);
            return made("ibv_create_qp", domain, wanted.address(), 0, 0, "gives no queue pair");
        }
    }

    /** RESET to INIT, RTR and RTS, as the InfiniBand Architecture Specification (10.3.1) has it for datagrams. */
    private void bringUp() {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment wanted = here.allocate(Layout.Qp.ATTR_BYTES, Long.BYTES);
            wanted.set(JAVA_BYTE, Layout.Qp.ATTR_PORT, (byte) shape.port());
            wanted.set(JAVA_INT, Layout.Qp.ATTR_QKEY, shape.key());
            int first = Layout.Qp.MASK_STATE | Layout.Qp.MASK_PKEY_INDEX | Layout.Qp.MASK_PORT | Layout.Qp.MASK_QKEY;
            modify(wanted, Layout.Qp.TO_INIT, first);
            modify(wanted, Layout.Qp.TO_RTR, Layout.Qp.MASK_STATE);
            modify(wanted, Layout.Qp.TO_RTS, Layout.Qp.MASK_STATE | Layout.Qp.MASK_SQ_PSN);
        }
    }

    private void modify(MemorySegment wanted, int state, int mask) {
        wanted.set(JAVA_INT, Layout.Qp.ATTR_STATE, state);
        long answer = calls.call(device.library().symbol("ibv_modify_qp"), pair.address(), wanted.address(), mask);
        if ((int) answer != 0) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "the queue pair of the RDMA card " + device.name() + " does not go to state " + state,
                    new Errno((int) answer).describe(),
                    state == Layout.Qp.TO_INIT
                            ? "a queue key with its highest bit set needs CAP_NET_RAW; else see the kernel's log (dmesg)"
                            : "see the kernel's log (dmesg)");
        }
    }

    /** Its number, which others must name. */
    public int number() {
        return pair.get(JAVA_INT, Layout.Qp.NUMBER);
    }

    public CardClock clock() {
        return sent.clock();
    }

    /** All places, big-endian. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where a place to send from begins. */
    public int sendAt(int place) {
        return place * shape.payloadBytes();
    }

    /** Where a place to receive to begins, with the header. */
    public int receiveAt(int place) {
        return shape.sends() * shape.payloadBytes() + place * (HEADER_BYTES + shape.payloadBytes());
    }

    /**
     * Sends what is in a place.
     *
     * @param id told again when it is done
     * @return false when the card takes no more
     */
    public boolean send(int place, int bytes, long id, AddressHandle to, int remoteQp, int remoteKey) {
        work.fill((byte) 0);
        piece(sendAt(place), bytes);
        work.set(JAVA_LONG, Layout.Work.ID, id);
        work.set(JAVA_INT, Layout.Work.OPCODE, Layout.Work.SEND);
        work.set(JAVA_INT, Layout.Work.FLAGS, Layout.Work.SIGNALED);
        work.set(JAVA_LONG, Layout.Work.AH, to.address());
        work.set(JAVA_INT, Layout.Work.REMOTE_QP, remoteQp);
        work.set(JAVA_INT, Layout.Work.REMOTE_QKEY, remoteKey);
        return (int) calls.call(postSend, pair.address(), work.address(), failedWork.address()) == 0;
    }

    /**
     * Hands over a place to receive to.
     *
     * @return false when the card takes no more
     */
    public boolean receive(int place, long id) {
        work.fill((byte) 0);
        piece(receiveAt(place), HEADER_BYTES + shape.payloadBytes());
        work.set(JAVA_LONG, Layout.Work.ID, id);
        return (int) calls.call(postReceive, pair.address(), work.address(), failedWork.address()) == 0;
    }

    private void piece(int at, int bytes) {
        piece.set(JAVA_LONG, Layout.Work.PIECE_ADDRESS, memory.address() + at);
        piece.set(JAVA_INT, Layout.Work.PIECE_LENGTH, bytes);
        work.set(JAVA_LONG, Layout.Work.PIECES, piece.address());
        work.set(JAVA_INT, Layout.Work.PIECE_COUNT, 1);
    }

    /**
     * Makes a way to another card; the kernel may have to ask for its Ethernet address first, which blocks.
     *
     * @return empty when there is none; {@link #why} says the reason
     */
    public Optional<AddressHandle> address(AddressWords words) {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment wanted = here.allocate(Layout.Ah.BYTES, Long.BYTES);
            var bigEndian = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
            wanted.set(bigEndian, Layout.Ah.TARGET, words.high());
            wanted.set(bigEndian, Layout.Ah.TARGET + Long.BYTES, words.low());
            wanted.set(JAVA_INT, Layout.Ah.FLOW_LABEL, words.flowLabel());
            wanted.set(JAVA_BYTE, Layout.Ah.SOURCE_INDEX, (byte) words.sourceIndex());
            wanted.set(JAVA_BYTE, Layout.Ah.HOPS, (byte) words.hops());
            wanted.set(JAVA_BYTE, Layout.Ah.TRAFFIC_CLASS, (byte) words.trafficClass());
            wanted.set(JAVA_BYTE, Layout.Ah.GLOBAL, (byte) 1);
            wanted.set(JAVA_BYTE, Layout.Ah.PORT, (byte) shape.port());
            long made = calls.call(device.library().symbol("ibv_create_ah"), domain, wanted.address(), 0);
            return made == 0 ? Optional.empty() : Optional.of(new AddressHandle(made));
        }
    }

    /** Why the last call failed. */
    public String why() {
        return calls.errno().describe();
    }

    /** Nothing may be on its way with it. */
    public void forget(AddressHandle handle) {
        calls.call(device.library().symbol("ibv_destroy_ah"), handle.address());
    }

    /** @return how many were told; ask again until it is 0 */
    public int pollSent(Completions sink) {
        return sent.poll(sink);
    }

    /** @return how many were told; ask again until it is 0 */
    public int pollReceived(Completions sink) {
        return received.poll(sink);
    }

    /** Has the next completion end {@link #await}. What was there before does not: poll once more. */
    public void arm() {
        sent.arm();
        received.arm();
    }

    /** Waits for a completion or an event of the card; may end early. */
    public void await(long nanos) {
        pollTime.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        pollTime.set(JAVA_LONG, Long.BYTES, nanos % 1_000_000_000);
        Libc.syscall(PPOLL, pollSet.address(), 2, pollTime.address(), 0, Long.BYTES, 0);
        if ((pollSet.get(JAVA_SHORT, 6) & POLLIN) != 0) {
            takeNotes();
        }
    }

    /** Notes of the channel only say that there is something; each must be acknowledged, or its queue cannot be destroyed. */
    private void takeNotes() {
        MemorySegment get = device.library().symbol("ibv_get_cq_event");
        MemorySegment acknowledge = device.library().symbol("ibv_ack_cq_events");
        for (int i = 0; i < 4; i++) {
            long answer = calls.call(get, channel.address(), told.address(), told.address() + Long.BYTES);
            if ((int) answer != 0) {
                return;
            }
            calls.call(acknowledge, told.get(JAVA_LONG, 0), 1, 0);
        }
    }

    /** Sends and receives nothing any more; what was handed over is not told of. Address handles can be forgotten from then on. */
    public void stop() {
        if (!stopped) {
            stopped = true;
            stoppedWell = undo.newest(device);
        }
    }

    /** Ends it. Address handles must be forgotten before. Memory that the card did not give back is kept for it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (undo.rest(device) && stoppedWell) {
            arena.close();
        }
    }
}
