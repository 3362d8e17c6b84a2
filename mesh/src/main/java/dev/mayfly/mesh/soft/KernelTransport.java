package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.transport.Backlog;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameDecoder;
import dev.mayfly.mesh.wire.FrameEncoder;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Frames over UDP sockets of Linux, stamped by the kernel (SO_TIMESTAMPING, Documentation/networking/timestamping.rst), 64
 * to a system call. Opened in a network namespace it stays there, whichever thread uses it. {@link #receive} may block, so
 * it belongs on a platform thread.
 */
public final class KernelTransport implements Transport {
    private static final int BATCH = 64;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int STAMPED = Sockets.RX_SOFTWARE | Sockets.REPORT_SOFTWARE;
    private static final int POLLFD_BYTES = 8;
    /** Ports that may be opened later. */
    private static final int MOST_MORE = 256;

    private static final int POLLIN = 1;
    private static final int REVENTS_AT = 6;

    /** Frames of one host in a row are common, and making its address anew for each is not needed. */
    private static final int ADDRESSES_REMEMBERED = 256;

    private final Arena arena;
    private final IpAddress address;
    private final Clock wall;
    private final int fd;
    private final MessageBatch arrivals;
    private final ControlMessages control = new ControlMessages();
    private final SequencedMap<Integer, SourcePort> ports = new TreeMap<>();
    /** Of {@link #ports}, those that were opened later, with the memory of each. */
    private final Map<Integer, Arena> more = new HashMap<>();

    /** The values of {@link #ports}, to go through often. */
    private SourcePort[] all = new SourcePort[0];

    private final MemorySegment callState;
    private final MemorySegment pollSet;
    private final MemorySegment pollTime;
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final IpAddress[] addresses = new IpAddress[ADDRESSES_REMEMBERED];
    private final Backlog backlog = new Backlog();
    private boolean inLine;
    private boolean closed;

    private KernelTransport(Arena arena, IpAddress address, List<Integer> sourcePorts, Clock wall) {
        this.arena = arena;
        this.address = address;
        this.wall = wall;
        arrivals = new MessageBatch(arena, BATCH, Roce.frameBytes(LARGEST_PAYLOAD));
        pollSet = arena.allocate((long) POLLFD_BYTES * (sourcePorts.size() + 1 + MOST_MORE), 8);
        pollTime = arena.allocate(16, 8);
        callState = Libc.callState(arena);
        fd = Sockets.open(address, Roce.UDP_PORT, RECEIVE_BUFFER_BYTES);
        try {
            Sockets.option(fd, Sockets.SOL_SOCKET, Sockets.SO_TIMESTAMPING, STAMPED);
            for (int port : sourcePorts) {
                ports.put(port, new SourcePort(arena, address, port));
            }
            all = ports.values().toArray(SourcePort[]::new);
        } catch (RuntimeException e) {
            closeSockets();
            throw e;
        }
    }

    /**
     * Takes port 4791 and these source ports of an address of this host, in the network namespace of this thread.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED} when one cannot be had
     */
    public static KernelTransport open(IpAddress address, List<Integer> sourcePorts) {
        Arena arena = Arena.ofShared();
        try {
            return new KernelTransport(arena, address, sourcePorts, Clock.systemUTC());
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** What came of the time before is taken away. */
    private void watch(int i, int descriptor, int events) {
        pollSet.set(JAVA_INT, (long) i * POLLFD_BYTES, descriptor);
        pollSet.set(JAVA_INT, (long) i * POLLFD_BYTES + 4, events);
    }

    /** Waits for an arrival, or for a stamp where one is to come; says whether anything arrived. */
    private boolean await(long waitNanos) {
        watch(0, fd, POLLIN);
        int watched = 1;
        for (SourcePort port : all) {
            if (port.waits()) {
                watch(watched++, port.descriptor(), 0);
            }
        }
        Sockets.await(callState, pollSet, watched, pollTime, waitNanos);
        return pollSet.get(JAVA_SHORT, REVENTS_AT) != 0;
    }

    /** In the network namespace of this thread, which must be that of the others. */
    @Override
    public boolean openPort(int sourcePort) {
        if (ports.containsKey(sourcePort)) {
            return true;
        }
        if (closed || more.size() >= MOST_MORE) {
            return false;
        }
        Arena own = Arena.ofShared();
        try {
            ports.put(sourcePort, new SourcePort(own, address, sourcePort));
            more.put(sourcePort, own);
            all = ports.values().toArray(SourcePort[]::new);
            return true;
        } catch (MayflyException _) {
            own.close();
            return false;
        }
    }

    @Override
    public void closePort(int sourcePort) {
        Arena own = more.remove(sourcePort);
        SourcePort port = own == null ? null : ports.remove(sourcePort);
        if (own != null && port != null) {
            all = ports.values().toArray(SourcePort[]::new);
            port.close();
            own.close();
        }
    }

    @Override
    public IpAddress address() {
        return address;
    }

    @Override
    public Stamping stamping() {
        return Stamping.KERNEL;
    }

    @Override
    public void send(Route route, ByteBuffer payload, int from, int length, long token) {
        SourcePort port = ports.get(route.sourcePort());
        if (port == null || !route.source().equals(address) || length > LARGEST_PAYLOAD) {
            throw new IllegalArgumentException("cannot send " + length + " bytes by " + route + " from " + address);
        }
        if (port.full()) {
            port.flush(backlog);
        }
        port.add(encoder, route, payload, from, length, token);
        inLine = true;
    }

    @Override
    public void flush() {
        if (inLine) {
            inLine = false;
            for (SourcePort port : all) {
                port.flush(backlog);
            }
        }
    }

    /** Each call of the kernel costs as much as the work on a frame, so who waits is not looked at twice. */
    @Override
    public int receive(Receiver receiver, long waitNanos) {
        int told = departures(receiver);
        if (told > 0 || waitNanos <= 0) {
            return told + arrivals(receiver);
        }
        boolean any = await(waitNanos);
        told = departures(receiver);
        return any ? told + arrivals(receiver) : told;
    }

    @Override
    public int departures(Receiver receiver) {
        int told = backlog.tell(receiver);
        for (SourcePort port : all) {
            told += port.drain(receiver);
        }
        return told;
    }

    private int arrivals(Receiver receiver) {
        CallResult call = Sockets.receive(callState, fd, arrivals.headers(), arrivals.size(), Sockets.MSG_DONTWAIT);
        int count = call.ok() ? (int) call.value() : 0;
        for (int i = 0; i < count; i++) {
            arrived(receiver, i);
        }
        arrivals.readyToReceive(count);
        return count;
    }

    private void arrived(Receiver receiver, int i) {
        int nameAt = arrivals.nameAt(i);
        ByteBuffer names = arrivals.nameBytes();
        boolean v4 = Sockets.isIpv4(Sockets.familyAt(arrivals.names(), nameAt));
        int sourcePort = Short.toUnsignedInt(names.getShort(nameAt + 2));
        IpAddress source = v4
                ? remembered(IpAddress.Family.IPV4, 0, Integer.toUnsignedLong(names.getInt(nameAt + 4)))
                : remembered(IpAddress.Family.IPV6, names.getLong(nameAt + 8), names.getLong(nameAt + 16));
        if (arrivals.truncated(i)) {
            receiver.rejected(source, Decoded.Rejected.TOO_LONG);
            return;
        }
        control.read(arrivals.control(), arrivals.controlAt(i), arrivals.controlBytes(i));
        // The kernel begins to stamp a moment after it was asked to; the first frames may have none.
        long stamp = control.stamp() != 0 ? control.stamp() : wallNanos();
        switch (decoder.frameOfAnybody(
                source, address, sourcePort, arrivals.data(), arrivals.slotAt(i), arrivals.bytes(i))) {
            case Decoded.Intact intact -> receiver.arrived(source, sourcePort, intact.frame(), stamp);
            case Decoded.Damaged damaged -> receiver.damaged(source, sourcePort, damaged.claims());
            case Decoded.Rejected why -> receiver.rejected(source, why);
        }
    }

    /** The clock that the kernel stamps with. */
    private long wallNanos() {
        Instant now = wall.instant();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    private IpAddress remembered(IpAddress.Family family, long high, long low) {
        int place = (int) ((low ^ low >>> 8 ^ high) & ADDRESSES_REMEMBERED - 1);
        IpAddress known = addresses[place];
        if (known == null || known.low() != low || known.high() != high || known.family() != family) {
            known = new IpAddress(family, high, low);
            addresses[place] = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        closeSockets();
        more.values().forEach(Arena::close);
        arena.close();
    }

    private void closeSockets() {
        ports.values().forEach(SourcePort::close);
        Libc.close(fd);
    }
}
