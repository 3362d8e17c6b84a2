package dev.mayfly.mesh.endpoint;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.probe.ProbeMessage;
import dev.mayfly.mesh.probe.ProbeNumber;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/** Probes peers and answers theirs, over one transport. Belongs to one thread, as does all that it is given. */
public final class Endpoint {
    /** An answer makes a stamp, which makes the second answer. */
    private static final int ROUNDS_OF_A_TURN = 4;

    private final Transport transport;
    private final Self self;
    private final ProbeTable table;
    private final Ticker ticker;
    private final Responder responder;
    private final Newcomers newcomers;
    private final Receiver inbox = new Inbox();
    private final ByteBuffer payload = ByteBuffer.allocate(ProbeMessage.BYTES);
    private int queuePair;
    private long damaged;
    private long foreign;

    /**
     * Who this endpoint is.
     *
     * @param queuePair unless the transport has its own
     * @param sourcePorts those that the transport was opened with, at least one
     */
    public record Self(int queuePair, int queueKey, List<Integer> sourcePorts, AnswerLimit limit) {
        public Self {
            sourcePorts = List.copyOf(sourcePorts);
            if (sourcePorts.isEmpty()) {
                throw new IllegalArgumentException("no source port");
            }
        }
    }

    /** Answers peers that are admitted, and nobody else. */
    public Endpoint(Transport transport, Self self, ProbeTable table, Ticker ticker) {
        this(transport, self, table, ticker, Newcomers.NOBODY);
    }

    /** @param transport whose tokens nobody else uses */
    public Endpoint(Transport transport, Self self, ProbeTable table, Ticker ticker, Newcomers newcomers) {
        this.newcomers = newcomers;
        this.transport = transport;
        this.self = self;
        this.table = table;
        this.ticker = ticker;
        this.queuePair = transport.queuePair().orElse(self.queuePair());
        this.responder = new Responder(transport, self.sourcePorts(), queuePair, self.limit());
    }

    /** From now on probes of this peer are answered; one of the same address is replaced. */
    public void admit(Peer peer) {
        responder.admit(peer, ticker.nanos());
    }

    public void forget(IpAddress address) {
        responder.forget(address);
    }

    /** Answers go by these ports too, which the transport has opened. */
    public void alsoFrom(Set<Integer> ports) {
        responder.alsoFrom(ports);
    }

    public Route routeTo(Peer peer, int sourcePort) {
        return new Route(
                transport.address(),
                peer.address(),
                sourcePort,
                Route.DEFAULT_PARTITION,
                peer.queuePair(),
                queuePair,
                peer.queueKey());
    }

    /** Puts a probe in line; the next turn sends it. */
    public ProbeNumber probe(int target, Route route) {
        ProbeNumber number = table.begin(target, ticker.nanos());
        ProbeMessage.writeProbe(payload, 0, number.bits(), route.sourcePort());
        transport.send(route, payload, 0, ProbeMessage.BYTES, number.bits());
        return number;
    }

    /**
     * Sends what is in line, handles what came, and tells verdicts that are due.
     *
     * @param waitNanos for how long at most, when nothing happens
     */
    public void turn(long waitNanos) {
        transport.flush();
        long untilDue = Math.max(0, table.nextDueNanos() - ticker.nanos());
        int told = transport.receive(inbox, Math.min(waitNanos, untilDue));
        for (int i = 1; told > 0 && i < ROUNDS_OF_A_TURN; i++) {
            transport.flush();
            told = transport.departures(inbox);
        }
        transport.flush();
        table.expire(ticker.nanos());
        int now = transport.queuePair().orElse(queuePair);
        if (now != queuePair) {
            queuePair = now;
            responder.queuePair(now);
        }
    }

    /** The queue pair that others must name; a transport that begins anew has another. */
    public int queuePair() {
        return queuePair;
    }

    public EndpointCounts counts() {
        return new EndpointCounts(responder.answered(), responder.refused(), responder.throttled(), damaged, foreign);
    }

    private final class Inbox implements Receiver {
        @Override
        public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
            boolean toUs = frame.targetQp() == queuePair
                    && frame.queueKey() == self.queueKey()
                    && frame.partition() == Route.DEFAULT_PARTITION;
            ByteBuffer in = frame.buffer();
            int at = frame.payloadAt();
            if (toUs
                    && !responder.knows(source)
                    && ProbeMessage.kind(in, at, frame.payloadBytes()) == ProbeMessage.Kind.PROBE
                    && newcomers.welcome(source)) {
                admit(new Peer(source, frame.sourceQp(), self.queueKey()));
            }
            if (!toUs || !responder.knows(source)) {
                responder.refuse();
                return;
            }
            switch (ProbeMessage.kind(in, at, frame.payloadBytes())) {
                case PROBE -> {
                    long number = ProbeMessage.number(in, at);
                    int port = sourcePort != 0 ? sourcePort : ProbeMessage.sourcePort(in, at);
                    responder.probed(source, port, frame.sourceQp(), number, stamp, ticker.nanos());
                }
                case ACK1 -> table.firstAnswer(ProbeMessage.number(in, at), ProbeMessage.t3(in, at), stamp);
                case ACK2 ->
                    table.secondAnswer(
                            ProbeMessage.number(in, at),
                            ProbeMessage.t3(in, at),
                            ProbeMessage.t4(in, at),
                            ticker.nanos());
                case FOREIGN -> foreign++;
            }
        }

        @Override
        public void damaged(IpAddress source, int sourcePort, FrameView claims) {
            if (!responder.knows(source)) {
                foreign++;
                return;
            }
            damaged++;
            ByteBuffer in = claims.buffer();
            int at = claims.payloadAt();
            switch (ProbeMessage.kind(in, at, claims.payloadBytes())) {
                case ACK1, ACK2 -> table.damagedAnswer(ProbeMessage.number(in, at));
                case PROBE, FOREIGN -> {}
            }
        }

        @Override
        public void rejected(IpAddress source, Decoded.Rejected why) {
            foreign++;
        }

        @Override
        public void sent(long token, long stamp) {
            if (token < 0) {
                responder.left(token, stamp);
            } else {
                table.sent(token, stamp);
            }
        }

        @Override
        public void sendFailed(long token) {
            if (token >= 0) {
                table.sendFailed(token);
            }
        }
    }
}
