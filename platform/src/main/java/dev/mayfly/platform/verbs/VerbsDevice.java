package dev.mayfly.platform.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An RDMA card that was opened. Belongs to one thread at a time. */
public final class VerbsDevice implements AutoCloseable {
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;
    /** The kernel takes the length of the table in 16 bits. */
    private static final int MOST_GIDS = 1024;

    private final VerbsLibrary library;
    private final String name;
    private final Arena arena = Arena.ofShared();
    private final Calls calls = new Calls(arena);
    private final MemorySegment context;
    private final MemorySegment event = arena.allocate(Layout.Rest.EVENT_BYTES, Long.BYTES);
    private boolean closed;

    VerbsDevice(VerbsLibrary library, String name, long context) {
        this.library = library;
        this.name = name;
        this.context = Calls.at(context, Layout.Context.BYTES);
        nonBlocking(eventDescriptor());
    }

    static void nonBlocking(int fd) {
        Libc.fcntl(fd, F_SETFL, O_NONBLOCK)
                .orThrow(ErrorCode.INTERNAL, "fcntl of a card's descriptor", "please report it");
    }

    public String name() {
        return name;
    }

    VerbsLibrary library() {
        return library;
    }

    Calls calls() {
        return calls;
    }

    MemorySegment context() {
        return context;
    }

    /** Becomes readable when there is an event. */
    int eventDescriptor() {
        return context.get(JAVA_INT, Layout.Context.ASYNC_FD);
    }

    /** How many ports it has; they are counted from 1. */
    public int ports() {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment attributes = here.allocate(Layout.Device.BYTES, Long.BYTES);
            check(calls.call(library.symbol("ibv_query_device"), context.address(), attributes.address(), 0), "asked");
            return Byte.toUnsignedInt(attributes.get(JAVA_BYTE, Layout.Device.PORTS));
        }
    }

    public CardPort port(int port) {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment attributes = here.allocate(Layout.Port.BYTES, Long.BYTES);
            check(
                    calls.call(library.symbol("ibv_query_port"), context.address(), port, attributes.address()),
                    "asked for port " + port);
            return new CardPort(
                    attributes.get(JAVA_INT, Layout.Port.STATE) == Layout.Port.ACTIVE,
                    attributes.get(JAVA_BYTE, Layout.Port.LINK_LAYER) == Layout.Port.ETHERNET);
        }
    }

    private void check(long answer, String what) {
        if ((int) answer != 0) {
            throw failed("cannot be " + what);
        }
    }

    /** All addresses of all ports. */
    public List<CardGid> gids() {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment entries = here.allocate(MOST_GIDS * Layout.Gid.BYTES, Long.BYTES);
            long count = calls.call(
                    library.symbol("_ibv_query_gid_table"),
                    context.address(),
                    entries.address(),
                    MOST_GIDS,
                    0,
                    Layout.Gid.BYTES);
            if (count < 0 || count > MOST_GIDS) {
                throw failed("does not tell its addresses (" + count + ")");
            }
            List<CardGid> gids = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                gids.add(gid(entries.asSlice(i * Layout.Gid.BYTES, Layout.Gid.BYTES)));
            }
            return gids;
        }
    }

    private static CardGid gid(MemorySegment entry) {
        var bigEndian = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
        return new CardGid(
                entry.get(JAVA_INT, Layout.Gid.PORT),
                entry.get(JAVA_INT, Layout.Gid.INDEX),
                entry.get(JAVA_INT, Layout.Gid.TYPE) == Layout.Gid.ROCE_V2,
                entry.get(bigEndian, 0),
                entry.get(bigEndian, Long.BYTES));
    }

    /** Its oldest event that was not told yet; does not wait. */
    public Optional<CardEvent> nextEvent() {
        long answer = calls.call(library.symbol("ibv_get_async_event"), context.address(), event.address(), 0);
        if ((int) answer != 0) {
            return Optional.empty();
        }
        CardEvent said = CardEvent.of(event.get(JAVA_INT, Layout.Rest.EVENT_TYPE));
        // What the event is about cannot be destroyed before.
        calls.call(library.symbol("ibv_ack_async_event"), event.address());
        return Optional.of(said);
    }

    /**
     * A call that the header makes through the table in front of the context.
     *
     * @param at where, counted from the context
     */
    Optional<MemorySegment> extended(long at) {
        if (context.get(JAVA_LONG, Layout.Context.ABI_COMPAT) != Layout.Context.EXTENDED) {
            return Optional.empty();
        }
        long bytes = Calls.at(context.address() + Layout.Context.TABLE_BYTES, Long.BYTES)
                .get(JAVA_LONG, 0);
        // The table counts the context behind it.
        if (bytes < Layout.Context.BYTES - at) {
            return Optional.empty();
        }
        long function = Calls.at(context.address() + at, Long.BYTES).get(JAVA_LONG, 0);
        return function == 0 ? Optional.empty() : Optional.of(MemorySegment.ofAddress(function));
    }

    /** How its counter runs; empty when it does not tell. */
    Optional<Ticks> ticks() {
        Optional<MemorySegment> query = extended(Layout.Context.QUERY_DEVICE_EX);
        if (query.isEmpty()) {
            return Optional.empty();
        }
        try (Arena here = Arena.ofConfined()) {
            MemorySegment attributes = here.allocate(Layout.Device.BYTES_EX, Long.BYTES);
            long answer =
                    calls.call(query.get(), context.address(), 0, attributes.address(), Layout.Device.BYTES_EX, 0);
            long kilohertz = attributes.get(JAVA_LONG, Layout.Device.CLOCK_KHZ);
            return (int) answer == 0 && kilohertz > 0
                    ? Optional.of(new Ticks(attributes.get(JAVA_LONG, Layout.Device.CLOCK_MASK), kilohertz))
                    : Optional.empty();
        }
    }

    /** A failure of the last call, by the error that it left. */
    MayflyException failed(String what) {
        return new MayflyException(
                ErrorCode.LISTEN_FAILED,
                "the RDMA card " + name + " " + what,
                calls.errno().describe(),
                "look at `mayfly mesh doctor` and the kernel's log (dmesg); memory that may be pinned: ulimit -l");
    }

    /** Ends it; queues of it must be closed before. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.call(library.symbol("ibv_close_device"), context.address());
            arena.close();
        }
    }
}
