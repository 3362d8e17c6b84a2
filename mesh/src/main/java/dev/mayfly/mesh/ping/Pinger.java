package dev.mayfly.mesh.ping;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.OutcomeSink;
import dev.mayfly.mesh.probe.ProbeNumber;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.transport.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Sends probes to one peer, one after the other in even distance, over each source port in turn. */
public final class Pinger {
    private static final Duration KEEP = Duration.ofSeconds(10);
    private static final int ROOM = 1 << 15;
    /** So that an interrupt is noticed. */
    private static final long LONGEST_TURN_NANOS = 50_000_000;

    private final Endpoint endpoint;
    private final Peer peer;
    private final List<Integer> ports;
    private final Ticker ticker;
    private final PingSink sink;
    private final PingSums sums = new PingSums();
    /** By the number of the probe, for as many as the table has room for. */
    private final Map<Long, Sent> away = new HashMap<>();

    private record Sent(int count, int port) {}

    /**
     * How often.
     *
     * @param count empty for until the thread is interrupted
     */
    public record Pace(OptionalInt count, Duration interval) {
        public Pace {
            if (!interval.isPositive()) {
                throw new IllegalArgumentException("every " + interval);
            }
        }
    }

    /** @param epoch another at each start, not negative */
    public Pinger(Transport transport, List<Integer> ports, Peer peer, int epoch, Ticker ticker, PingSink sink) {
        this.peer = peer;
        this.ports = List.copyOf(ports);
        this.ticker = ticker;
        this.sink = sink;
        ProbeTable table = new ProbeTable(epoch, ROOM, AdaptiveTimeout.Bounds.USUAL, KEEP, new Outcomes());
        endpoint = new Endpoint(
                transport, new Endpoint.Self(Peer.BY_HAND, peer.queueKey(), ports, AnswerLimit.USUAL), table, ticker);
        endpoint.admit(peer);
    }

    /** Probes until the count is reached and judged, or the thread is interrupted; the interrupt is taken note of. */
    public PingSums run(Pace pace) {
        long next = ticker.nanos();
        while (!Thread.interrupted()) {
            boolean allSent =
                    pace.count().isPresent() && sums.sent() >= pace.count().getAsInt();
            if (allSent && sums.judged() >= sums.sent()) {
                break;
            }
            long now = ticker.nanos();
            if (!allSent && now >= next) {
                send();
                // After a pause of this host it goes on in the same distance, and does not send all at once.
                next = Math.max(next + pace.interval().toNanos(), now);
            }
            long wait = allSent ? LONGEST_TURN_NANOS : Math.min(next - ticker.nanos(), LONGEST_TURN_NANOS);
            endpoint.turn(Math.max(0, wait));
        }
        return sums;
    }

    private void send() {
        int count = sums.sent() + 1;
        int port = ports.get((count - 1) % ports.size());
        sums.begun();
        ProbeNumber number = endpoint.probe(0, endpoint.routeTo(peer, port));
        away.put(number.bits(), new Sent(count, port));
        away.remove(number.bits() - ROOM);
    }

    private final class Outcomes implements OutcomeSink {
        @Override
        public void settled(ProbeOutcome outcome) {
            Sent sent = away.get(outcome.number().bits());
            if (sent != null) {
                sums.add(sent.port(), outcome);
                sink.told(sent.count(), sent.port(), outcome, false);
            }
        }

        @Override
        public void revised(ProbeOutcome before, ProbeOutcome now) {
            Sent sent = away.get(now.number().bits());
            if (sent != null) {
                sums.takeBack(sent.port(), before);
                sums.add(sent.port(), now);
                sink.told(sent.count(), sent.port(), now, true);
            }
        }

        @Override
        public void forgotten(int target, long startedNanos) {
            throw new IllegalStateException("there is room for more probes than can be sent while one is kept");
        }
    }
}
