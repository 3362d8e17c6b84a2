package dev.mayfly.mesh.soft;

import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.ProbeMessage;
import dev.mayfly.mesh.trace.Hops;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameEncoder;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Probes that may pass so many routers, over sockets of Linux. Takes port 4791 of its address as well, to hear the target. */
public final class KernelHops implements Hops {
    private final Arena arena = Arena.ofShared();
    private final Peer target;
    private final KernelTransport arrivals;
    private final Map<Integer, HopPort> ports = new TreeMap<>();
    private final FrameEncoder encoder = new FrameEncoder();
    private final ByteBuffer payload = ByteBuffer.allocate(ProbeMessage.BYTES);
    private boolean closed;

    private KernelHops(IpAddress address, Peer target) {
        this.target = target;
        arrivals = KernelTransport.open(address, List.of());
    }

    /**
     * Opens it in the network namespace of this thread.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED} when a port cannot be had
     */
    public static KernelHops open(IpAddress address, Peer target, List<Integer> sourcePorts) {
        KernelHops hops = new KernelHops(address, target);
        try {
            sourcePorts.forEach(
                    port -> hops.ports.put(port, new HopPort(hops.arena, address, port, Clock.systemUTC())));
            return hops;
        } catch (RuntimeException e) {
            hops.close();
            throw e;
        }
    }

    @Override
    public void send(int sourcePort, int hopLimit, long number) {
        HopPort port = ports.get(sourcePort);
        if (port == null) {
            throw new IllegalArgumentException("source port " + sourcePort + " was not opened");
        }
        ProbeMessage.writeProbe(payload, 0, number, sourcePort);
        Route route = new Route(
                arrivals.address(),
                target.address(),
                sourcePort,
                Route.DEFAULT_PARTITION,
                target.queuePair(),
                Peer.BY_HAND,
                target.queueKey());
        port.send(encoder, route, payload, hopLimit, number);
    }

    @Override
    public void receive(Answers answers, long waitNanos) {
        // Stamps of what left are read first, so that what came back has something to be compared with.
        ports.values().forEach(port -> port.drain(answers));
        arrivals.receive(new Acks(answers), waitNanos);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ports.values().forEach(HopPort::close);
            arrivals.close();
            arena.close();
        }
    }

    /** First answers of the target; all else is not for us. */
    private final class Acks implements Receiver {
        private final Answers answers;

        Acks(Answers answers) {
            this.answers = answers;
        }

        @Override
        public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
            ByteBuffer in = frame.buffer();
            int at = frame.payloadAt();
            if (source.equals(target.address())
                    && frame.targetQp() == Peer.BY_HAND
                    && ProbeMessage.kind(in, at, frame.payloadBytes()) == ProbeMessage.Kind.ACK1) {
                long number = ProbeMessage.number(in, at);
                ports.values().forEach(port -> port.drain(answers));
                long nanos = ports.values().stream()
                        .mapToLong(port -> port.away(number, stamp))
                        .max()
                        .orElse(0);
                answers.answered(number, nanos);
            }
        }

        @Override
        public void damaged(IpAddress source, int sourcePort, FrameView claims) {}

        @Override
        public void rejected(IpAddress source, Decoded.Rejected why) {}

        @Override
        public void sent(long token, long stamp) {}

        @Override
        public void sendFailed(long token) {}
    }
}
