package dev.mayfly.mesh.endpoint;

import dev.mayfly.mesh.probe.ProbeMessage;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers probes of peers: ACK1 at once, ACK2 when it is known that ACK1 has left. Remembers a bounded number of answers
 * whose departure is not known yet; the oldest is forgotten.
 */
final class Responder {
    /** Tokens of answers are negative; those of probes are their numbers, which are not. */
    static final long TOKEN = Long.MIN_VALUE;

    /** A power of two. */
    private static final int REMEMBERED = 4096;

    private final Transport transport;
    private final List<Integer> ports;
    private final Set<Integer> more = new HashSet<>();
    private int queuePair;
    private final AnswerLimit limit;
    private final Map<IpAddress, Known> peers = new HashMap<>();
    private final @Nullable Answer[] answers = new Answer[REMEMBERED];
    private final ByteBuffer payload = ByteBuffer.allocate(ProbeMessage.BYTES);
    private long next;
    private long answered;
    private long refused;
    private long throttled;

    private record Answer(long token, Route route, long number, long t3) {}

    /** A peer, and the routes back to it, one for each of our source ports. */
    private record Known(Peer peer, TokenBucket bucket, Map<Integer, Route> routes) {}

    Responder(Transport transport, List<Integer> ports, int queuePair, AnswerLimit limit) {
        this.transport = transport;
        this.ports = List.copyOf(ports);
        this.queuePair = queuePair;
        this.limit = limit;
    }

    void admit(Peer peer, long nowNanos) {
        TokenBucket bucket = new TokenBucket(limit.perSecond(), limit.inARow(), nowNanos);
        peers.put(peer.address(), new Known(peer, bucket, new HashMap<>()));
    }

    /** Answers are sent from another one from now on. */
    void queuePair(int number) {
        queuePair = number;
        peers.values().forEach(known -> known.routes().clear());
    }

    void forget(IpAddress address) {
        peers.remove(address);
    }

    /** The transport has these ports beside those of the start. */
    void alsoFrom(Set<Integer> others) {
        more.clear();
        more.addAll(others);
    }

    boolean knows(IpAddress address) {
        return peers.containsKey(address);
    }

    void refuse() {
        refused++;
    }

    /** @param sourcePort of the probe; the answer takes the same where we have it, so that it is likely to go back as it came */
    void probed(IpAddress source, int sourcePort, int sourceQp, long number, long t3, long nowNanos) {
        Known known = peers.get(source);
        if (known == null || known.peer().queuePair() != sourceQp) {
            refused++;
            return;
        }
        if (!known.bucket().take(nowNanos)) {
            throttled++;
            return;
        }
        answered++;
        int port = has(sourcePort) ? sourcePort : ports.get(sourcePort % ports.size());
        Route route = known.routes().computeIfAbsent(port, p -> back(known.peer(), p));
        long token = TOKEN | next;
        answers[(int) next++ & REMEMBERED - 1] = new Answer(token, route, number, t3);
        ProbeMessage.writeAck1(payload, 0, number, t3);
        transport.send(route, payload, 0, ProbeMessage.BYTES, token);
    }

    private boolean has(int port) {
        return ports.contains(port) || more.contains(port);
    }

    /** A frame with a token of ours has left. */
    void left(long token, long t4) {
        Answer answer = answers[(int) token & REMEMBERED - 1];
        // That ACK2 has left may be told as well, with a token that nobody waits for.
        if (answer == null || answer.token() != token) {
            return;
        }
        answers[(int) token & REMEMBERED - 1] = null;
        if (!has(answer.route().sourcePort())) {
            return;
        }
        ProbeMessage.writeAck2(payload, 0, answer.number(), answer.t3(), t4);
        transport.send(answer.route(), payload, 0, ProbeMessage.BYTES, Transport.UNWATCHED);
    }

    private Route back(Peer peer, int port) {
        return new Route(
                transport.address(),
                peer.address(),
                port,
                Route.DEFAULT_PARTITION,
                peer.queuePair(),
                queuePair,
                peer.queueKey());
    }

    long answered() {
        return answered;
    }

    long refused() {
        return refused;
    }

    long throttled() {
        return throttled;
    }
}
