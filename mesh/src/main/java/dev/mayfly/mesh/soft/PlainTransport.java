package dev.mayfly.mesh.soft;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.net.ExtendedSocketOptions;

/**
 * Frames over the datagram channels of the JDK, for systems where the kernel's stamps cannot be had. Stamps are taken before
 * sending and after receiving, so what the host takes is part of the network's time.
 */
public final class PlainTransport implements Transport {
    private static final int BUFFER_BYTES = 4 << 20;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final IpAddress address;
    private final Ticker ticker;
    private final Selector selector;
    private final DatagramChannel arrivals;
    private final Map<Integer, DatagramChannel> ports = new TreeMap<>();
    /** All of them. */
    private final List<DatagramChannel> channels = new ArrayList<>();

    private final ByteBuffer in = ByteBuffer.allocateDirect(Roce.frameBytes(LARGEST_PAYLOAD) + 1);
    private final ByteBuffer out = ByteBuffer.allocateDirect(Roce.frameBytes(LARGEST_PAYLOAD));
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final Backlog backlog = new Backlog();
    private int sequence;

    private PlainTransport(IpAddress address, List<Integer> sourcePorts, Ticker ticker) throws IOException {
        this.address = address;
        this.ticker = ticker;
        selector = Selector.open();
        try {
            arrivals = bound(Roce.UDP_PORT);
            arrivals.register(selector, SelectionKey.OP_READ);
            for (int port : sourcePorts) {
                ports.put(port, bound(port));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Takes port 4791 and these source ports of an address of this host.
     *
     * @throws MayflyException {@code LISTEN_FAILED} when one cannot be had
     */
    public static PlainTransport open(IpAddress address, List<Integer> sourcePorts, Ticker ticker) {
        try {
            return new PlainTransport(address, sourcePorts, ticker);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "take UDP port " + Roce.UDP_PORT + " of " + address,
                    String.valueOf(e.getMessage()),
                    "check that this host has the address, and who has the port",
                    e);
        }
    }

    private DatagramChannel bound(int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open(
                address.family() == IpAddress.Family.IPV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        channels.add(channel);
        // Without it, and on a connected channel, IPv4 packets get an identification that the checksum has not.
        channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
        channel.bind(new InetSocketAddress(address.toInetAddress(), port));
        channel.configureBlocking(false);
        return channel;
    }

    @Override
    public IpAddress address() {
        return address;
    }

    @Override
    public Stamping stamping() {
        return Stamping.PROGRAM;
    }

    @Override
    public void send(Route route, ByteBuffer payload, int from, int length, long token) {
        DatagramChannel port = ports.get(route.sourcePort());
        if (port == null || !route.source().equals(address) || length > LARGEST_PAYLOAD) {
            throw new IllegalArgumentException("cannot send " + length + " bytes by " + route + " from " + address);
        }
        int bytes = encoder.frame(route, sequence++, payload, from, length, out, 0);
        out.limit(bytes).position(0);
        long stamp = stamp();
        try {
            SocketAddress target = new InetSocketAddress(route.target().toInetAddress(), Roce.UDP_PORT);
            if (port.send(out, target) == bytes) {
                backlog.sent(token, stamp);
            } else {
                backlog.sendFailed(token);
            }
        } catch (IOException e) {
            backlog.sendFailed(token);
        }
        out.clear();
    }

    /** There is no line: each frame was sent at once. */
    @Override
    public void flush() {}

    @Override
    public int receive(Receiver receiver, long waitNanos) {
        try {
            int told = drain(receiver);
            if (told == 0 && waitNanos > 0) {
                selector.select(Math.max(
                        1, Duration.ofNanos(waitNanos + NANOS_PER_MILLI - 1).toMillis()));
                selector.selectedKeys().clear();
                told = drain(receiver);
            }
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int drain(Receiver receiver) throws IOException {
        int told = backlog.tell(receiver);
        in.clear();
        for (SocketAddress from = arrivals.receive(in); from != null; from = arrivals.receive(in)) {
            long stamp = stamp();
            if (from instanceof InetSocketAddress source) {
                arrived(receiver, source, stamp);
                told++;
            }
            in.clear();
        }
        return told;
    }

    private void arrived(Receiver receiver, InetSocketAddress from, long stamp) {
        IpAddress source = IpAddress.of(from.getAddress());
        int bytes = in.flip().limit();
        if (bytes == in.capacity()) {
            receiver.rejected(source, Decoded.Rejected.TOO_LONG);
            return;
        }
        switch (decoder.frameOfAnybody(source, address, from.getPort(), in, 0, bytes)) {
            case Decoded.Intact intact -> receiver.arrived(source, from.getPort(), intact.frame(), stamp);
            case Decoded.Damaged damaged -> receiver.damaged(source, from.getPort(), damaged.claims());
            case Decoded.Rejected why -> receiver.rejected(source, why);
        }
    }

    /** A ticker may stand at 0, which means "none" elsewhere. */
    private long stamp() {
        long now = ticker.nanos();
        return now == 0 ? 1 : now;
    }

    @Override
    public void close() {
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
