package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Sends packets that die on their way and hears where (raw(7), ipv6(7)): UDP to port 4791 from any source port, without having
 * that port. Needs CAP_NET_RAW. Opened in a network namespace it stays there. Belongs to one thread.
 */
public final class PathSocket implements AutoCloseable {
    private static final int LONGEST_ANSWER = 1280;
    private static final int BUFFER_BYTES = 1 << 18;

    private final Arena arena = Arena.ofShared();
    private final IpAddress address;
    private final DyingPacket kind;
    private final int sending;
    private final int receiving;
    private final MemorySegment packet = arena.allocate(DyingPacket.MOST_BYTES, 8);
    private final ByteBuffer packetBytes = packet.asByteBuffer();
    private final MemorySegment name = arena.allocate(Sockets.SOCKADDR_BYTES, 8);
    private final MemorySegment answer = arena.allocate(LONGEST_ANSWER, 8);
    private final ByteBuffer answerBytes = answer.asByteBuffer();
    private final MemorySegment from = arena.allocate(Sockets.SOCKADDR_BYTES, 8);
    private final MemorySegment fromBytes = arena.allocate(8, 8);
    private final MemorySegment pollSet = arena.allocate(8, 8);
    private final MemorySegment pollTime = arena.allocate(16, 8);
    private boolean closed;

    /** Is told where a packet died. */
    @FunctionalInterface
    public interface Listener {
        /** @param id of the packet, as it was sent */
        void died(IpAddress hop, IpAddress target, int sourcePort, int id);
    }

    private PathSocket(IpAddress address) {
        this.address = address;
        kind = DyingPacket.of(address.family());
        try {
            sending = Sockets.openRaw(address.family(), false);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        try {
            receiving = Sockets.openRaw(address.family(), true);
        } catch (RuntimeException e) {
            Libc.close(sending);
            arena.close();
            throw e;
        }
        try {
            Sockets.hearOnly(receiving, address.family(), kind.timeExceeded());
            Sockets.option(receiving, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, BUFFER_BYTES);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        Sockets.watch(pollSet, receiving);
    }

    /**
     * Opens it in the network namespace of this thread.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code NAMESPACE_DENIED} when this user may not
     */
    public static PathSocket open(IpAddress address) {
        return new PathSocket(address);
    }

    /** What cannot be sent is lost like any packet. */
    public void send(IpAddress target, int sourcePort, int ttl, int id) {
        kind.write(packetBytes, address, target, sourcePort, ttl, id);
        int bytes = Sockets.writeAddress(name, 0, target, 0);
        // SAFETY: both segments live as long as this object.
        Sockets.sendTo(sending, packet, kind.bytes(), name, bytes);
    }

    /** Hands on what has come, and waits for something as long as it is told to. */
    public void receive(long waitNanos, Listener listener) {
        Sockets.await(pollSet, 1, pollTime, waitNanos);
        while (true) {
            CallResult call = Sockets.receiveFrom(receiving, answer, LONGEST_ANSWER, from, fromBytes);
            if (!call.ok()) {
                return;
            }
            kind.read(answerBytes, (int) call.value(), address)
                    .ifPresent(death -> Sockets.readAddress(from, 0)
                            .ifPresent(hop -> listener.died(hop, death.target(), death.sourcePort(), death.id())));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.close(sending);
            Libc.close(receiving);
            arena.close();
        }
    }
}
