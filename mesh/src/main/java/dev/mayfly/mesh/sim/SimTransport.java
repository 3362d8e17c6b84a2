package dev.mayfly.mesh.sim;

import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameDecoder;
import dev.mayfly.mesh.wire.FrameEncoder;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** One host of a {@link SimNet}. Real frames, written and read as on a wire. */
final class SimTransport implements Transport {
    private final SimNet net;
    private final IpAddress address;
    private final long clockAhead;
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final ArrayDeque<Departure> inLine = new ArrayDeque<>();
    private final ArrayDeque<Stamp> stamps = new ArrayDeque<>();
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private int sequence;
    private boolean closed;

    /** The content of a UDP datagram and where it came from. */
    record Datagram(IpAddress source, int sourcePort, ByteBuffer bytes) {
        Datagram changed(int bit) {
            ByteBuffer copy = ByteBuffer.allocate(bytes.capacity()).put(0, bytes, 0, bytes.capacity());
            int place = bit / 8 % copy.capacity();
            copy.put(place, (byte) (copy.get(place) ^ 0x80 >>> bit % 8));
            return new Datagram(source, sourcePort, copy);
        }
    }

    private record Departure(Route route, Datagram datagram, long token) {}

    private record Stamp(long token, long at) {}

    private record Arrival(Datagram datagram, long at) {}

    SimTransport(SimNet net, IpAddress address, long clockAhead) {
        this.net = net;
        this.address = address;
        this.clockAhead = clockAhead;
    }

    @Override
    public IpAddress address() {
        return address;
    }

    @Override
    public Stamping stamping() {
        return Stamping.SIMULATED;
    }

    @Override
    public void send(Route route, ByteBuffer payload, int from, int length, long token) {
        if (!route.source().equals(address) || length > LARGEST_PAYLOAD) {
            throw new IllegalArgumentException("cannot send " + length + " bytes by " + route + " from " + address);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Roce.frameBytes(length));
        encoder.frame(route, sequence++, payload, from, length, bytes, 0);
        inLine.add(new Departure(route, new Datagram(address, route.sourcePort(), bytes), token));
    }

    @Override
    public void flush() {
        for (Departure next = inLine.poll(); next != null; next = inLine.poll()) {
            stamps.add(new Stamp(next.token(), net.now() + clockAhead));
            net.launch(next.route(), next.datagram());
        }
    }

    @Override
    public int receive(Receiver receiver, long waitNanos) {
        int told = drain(receiver);
        if (told == 0 && waitNanos > 0) {
            long untilNext = Math.max(0, net.nextArrival() - net.now());
            net.advance(Math.min(waitNanos, untilNext));
            told = drain(receiver);
        }
        return told;
    }

    void arrive(Datagram datagram, long now) {
        arrivals.add(new Arrival(datagram, now + clockAhead));
    }

    private int drain(Receiver receiver) {
        int told = 0;
        for (Stamp next = stamps.poll(); next != null; next = stamps.poll()) {
            receiver.sent(next.token(), next.at());
            told++;
        }
        for (Arrival next = arrivals.poll(); next != null; next = arrivals.poll()) {
            tell(receiver, next);
            told++;
        }
        return told;
    }

    private void tell(Receiver receiver, Arrival arrival) {
        Datagram datagram = arrival.datagram();
        IpAddress source = datagram.source();
        int port = datagram.sourcePort();
        switch (decoder.frame(
                source, address, port, datagram.bytes(), 0, datagram.bytes().capacity())) {
            case Decoded.Intact intact -> receiver.arrived(source, port, intact.frame(), arrival.at());
            case Decoded.Damaged damaged -> receiver.damaged(source, port, damaged.claims());
            case Decoded.Rejected why -> receiver.rejected(source, why);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            net.close(address);
        }
    }
}
