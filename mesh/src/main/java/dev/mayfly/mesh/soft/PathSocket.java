package dev.mayfly.mesh.soft;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sends packets that die on their way and hears where (raw(7), RFC 792): UDP to port 4791 from any source port, without having
 * that port. Needs CAP_NET_RAW. Opened in a network namespace it stays there. IPv4 only. Belongs to one thread.
 */
public final class PathSocket implements AutoCloseable {
    private static final int SOCK_RAW_CLOEXEC = 3 | 02000000;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_RAW = 255;
    private static final int SOL_RAW = 255;
    private static final int ICMP_FILTER = 1;
    private static final int TIME_EXCEEDED = 11;
    private static final int IP_BYTES = 20;
    private static final int UDP_BYTES = 8;
    private static final int ICMP_BYTES = 8;
    private static final int PACKET_BYTES = IP_BYTES + UDP_BYTES + 8;
    private static final int LONGEST_ANSWER = 576;
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int DONT_FRAGMENT = 0x4000;

    private final Arena arena = Arena.ofShared();
    private final IpAddress address;
    private final int sending;
    private final int receiving;
    private final MemorySegment packet = arena.allocate(PACKET_BYTES, 8);
    private final MemorySegment name = arena.allocate(Sockets.SOCKADDR_BYTES, 8);
    private final MemorySegment answer = arena.allocate(LONGEST_ANSWER, 8);
    private final ByteBuffer answerBytes = answer.asByteBuffer();
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
        try {
            sending = Sockets.openRaw(SOCK_RAW_CLOEXEC, IPPROTO_RAW);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
        try {
            receiving = Sockets.openRaw(SOCK_RAW_CLOEXEC, IPPROTO_ICMP);
        } catch (RuntimeException e) {
            Libc.close(sending);
            arena.close();
            throw e;
        }
        Sockets.option(receiving, SOL_RAW, ICMP_FILTER, ~(1 << TIME_EXCEEDED));
        Sockets.option(receiving, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, BUFFER_BYTES);
        Sockets.watch(pollSet, receiving);
    }

    /**
     * Opens it in the network namespace of this thread.
     *
     * @return empty for IPv6, whose paths are not learned yet
     * @throws dev.mayfly.base.error.MayflyException {@code NAMESPACE_DENIED} when this user may not
     */
    public static Optional<PathSocket> open(IpAddress address) {
        return address.family() == IpAddress.Family.IPV4 ? Optional.of(new PathSocket(address)) : Optional.empty();
    }

    /** What cannot be sent is lost like any packet. */
    public void send(IpAddress target, int sourcePort, int ttl, int id) {
        ByteBuffer out = packet.asByteBuffer();
        out.put((byte) 0x45).put((byte) 0).putShort((short) PACKET_BYTES);
        out.putShort((short) id).putShort((short) DONT_FRAGMENT);
        // The kernel writes the checksum.
        out.put((byte) ttl).put((byte) 17).putShort((short) 0);
        address.put(out, 12);
        target.put(out, 16);
        out.position(IP_BYTES);
        out.putShort((short) sourcePort).putShort((short) Roce.UDP_PORT);
        out.putShort((short) (PACKET_BYTES - IP_BYTES)).putShort((short) 0);
        int bytes = Sockets.writeAddress(name, 0, target, 0);
        // SAFETY: both segments live as long as this object.
        Sockets.sendTo(sending, packet, PACKET_BYTES, name, bytes);
    }

    /** Hands on what has come, and waits for something as long as it is told to. */
    public void receive(long waitNanos, Listener listener) {
        Sockets.await(pollSet, 1, pollTime, waitNanos);
        while (true) {
            CallResult call = Sockets.receiveFrom(receiving, answer, LONGEST_ANSWER);
            if (!call.ok()) {
                return;
            }
            read((int) call.value(), listener);
        }
    }

    /** IP, ICMP, and of the packet that died IP and eight bytes more. Hostile bytes: lengths are looked at first. */
    private void read(int bytes, Listener listener) {
        int headerBytes = bytes < IP_BYTES ? 0 : (answer.get(JAVA_BYTE, 0) & 0xF) * 4;
        int inner = headerBytes + ICMP_BYTES;
        if (headerBytes < IP_BYTES || bytes < inner + IP_BYTES + UDP_BYTES) {
            return;
        }
        int innerHeader = (answer.get(JAVA_BYTE, inner) & 0xF) * 4;
        boolean ours = answer.get(JAVA_BYTE, headerBytes) == TIME_EXCEEDED
                && innerHeader == IP_BYTES
                && answer.get(JAVA_BYTE, inner + 9) == 17
                && answerBytes.getInt(inner + 12) == (int) address.low()
                && Short.toUnsignedInt(answerBytes.getShort(inner + IP_BYTES + 2)) == Roce.UDP_PORT;
        if (ours) {
            listener.died(
                    IpAddress.v4(answerBytes.getInt(12)),
                    IpAddress.v4(answerBytes.getInt(inner + 16)),
                    Short.toUnsignedInt(answerBytes.getShort(inner + IP_BYTES)),
                    Short.toUnsignedInt(answerBytes.getShort(inner + 4)));
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
