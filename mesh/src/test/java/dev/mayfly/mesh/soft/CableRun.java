package dev.mayfly.mesh.soft;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.probe.Window;
import dev.mayfly.mesh.probe.Windows;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Setns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Probes from one end of a cable to the other, an endpoint on a thread of its own at each. */
final class CableRun {
    static final int KEY = 0x11111111;
    static final int QP_A = 0x111;
    static final int QP_B = 0x222;

    private static final List<Integer> PORTS = List.of(0xC101, 0xC102);
    private static final long MS = 1_000_000;
    /** Longer than any timeout. */
    private static final long REST_NANOS = 700 * MS;

    private static final int TURNS_TO_ANSWER_ALL = 12;
    private static final Duration KEEP = Duration.ofSeconds(10);
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final VethPair pair;

    CableRun(VethPair pair) {
        this.pair = pair;
    }

    private Transport open(int end, String address) {
        return Setns.inNetworkOf(pair.pid(end), () -> KernelTransport.open(IpAddress.parse(address), PORTS));
    }

    private static Endpoint endpoint(Transport transport, int queuePair, Windows windows) {
        ProbeTable table = new ProbeTable(77, 1 << 14, AdaptiveTimeout.Bounds.USUAL, KEEP, windows);
        return new Endpoint(
                transport, new Endpoint.Self(queuePair, KEY, PORTS, AnswerLimit.USUAL), table, Ticker.system());
    }

    /** One probe each millisecond, and what became of all of them as one window. */
    Window probe(String addressA, String addressB, int probes) throws InterruptedException {
        List<Window> closed = new ArrayList<>();
        Windows windows = new Windows(FOR_EVER, KEEP, closed::add);
        Windows nobody = new Windows(FOR_EVER, KEEP, window -> {});
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong turns = new AtomicLong();
        try (Transport a = open(0, addressA);
                Transport b = open(1, addressB)) {
            Endpoint prober = endpoint(a, QP_A, windows);
            Endpoint responder = endpoint(b, QP_B, nobody);
            Peer peerB = new Peer(b.address(), QP_B, KEY);
            prober.admit(peerB);
            responder.admit(new Peer(a.address(), QP_A, KEY));
            Thread answering = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    responder.turn(10 * MS);
                    turns.incrementAndGet();
                }
            });
            try {
                for (int i = 0; i < probes; i++) {
                    prober.probe(0, prober.routeTo(peerB, PORTS.get(i % 2)));
                    turn(prober, MS);
                }
                long last = turns.get();
                turn(prober, REST_NANOS);
                // On a busy machine the other thread may not have run all the while.
                while (turns.get() < last + TURNS_TO_ANSWER_ALL) {
                    turn(prober, MS);
                }
                turn(prober, 10 * MS);
            } finally {
                over.set(true);
                answering.join();
            }
        }
        windows.closeAll();
        if (closed.size() != 1) {
            throw new AssertionError(closed.size() + " windows");
        }
        return closed.getFirst();
    }

    private static void turn(Endpoint prober, long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            prober.turn(left);
        }
    }
}
