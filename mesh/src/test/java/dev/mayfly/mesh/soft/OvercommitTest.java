package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.probe.Window;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How wrong the network's time is while hosts have three times as much to do as they have cores.
 *
 * <p>What it is measured against: a veth cable has no length. A frame is in the network from the moment the sender's driver
 * stamps it to the moment the receiver's stack does, both within one call of the kernel; so all of it is error, and the
 * quantiles of the network's time are bounds of the error. Where the constant part of that call is not held against the
 * stamps, the reference is its median with nothing else to do, and the error what is above. Rounds with and without busy
 * threads take turns, so that what else the machine does is the same for both.
 *
 * <p>{@code -Dmayfly.cable=5000} for so many probes in each of five rounds, and figures that say something.
 */
class OvercommitTest {
    private static final int PROBES = Integer.getInteger("mayfly.cable", 200);
    private static final int ROUNDS = Integer.getInteger("mayfly.cable") == null ? 1 : 5;
    private static final int TIMES = 3;

    private Leaks leaks;
    private VethPair pair;

    /** Parts of the time of all probes under one condition. */
    private static final class Parts {
        private final Sketch network = new Sketch();
        private final Sketch responder = new Sketch();
        private final Sketch prober = new Sketch();

        void add(Window window) {
            assertThat(window.count(Verdict.LOST) + window.count(Verdict.CORRUPT))
                    .isZero();
            network.add(window.network());
            responder.add(window.responder());
            prober.add(window.prober());
        }

        String line(String what) {
            return String.format(
                    Locale.ROOT,
                    "%-10s network %,d %,d %,d ns  responder %,d %,d ns  prober %,d %,d ns",
                    what,
                    network.quantile(0.5),
                    network.quantile(0.99),
                    network.quantile(0.999),
                    responder.quantile(0.5),
                    responder.quantile(0.99),
                    prober.quantile(0.5),
                    prober.quantile(0.99));
        }
    }

    @BeforeEach
    void makeCable() throws IOException {
        leaks = Leaks.snapshot("mayfly-cable");
        pair = VethPair.make();
    }

    @AfterEach
    void takeCableAway() {
        if (pair != null) {
            pair.close();
            leaks.assertUnchanged();
        }
    }

    @Test
    void with_cores_overcommitted_three_times_hosts_take_longer_and_the_network_by_far_less() throws Exception {
        Parts idle = new Parts();
        Parts busy = new Parts();
        new CableRun(pair).probe(VethPair.A4, VethPair.B4, PROBES);
        for (int round = 0; round < ROUNDS; round++) {
            idle.add(new CableRun(pair).probe(VethPair.A4, VethPair.B4, PROBES));
            busy.add(overcommitted());
        }
        long reference = idle.network.quantile(0.5);
        System.out.printf(
                Locale.ROOT,
                "p50, p99, p99.9 of the network, p50 and p99 of hosts, %d probes%n%s%n%s%n"
                        + "error at p99 against the idle median: %,d ns idle, %,d ns overcommitted%n",
                idle.network.count(),
                idle.line("idle"),
                busy.line("overcommit"),
                idle.network.quantile(0.99) - reference,
                busy.network.quantile(0.99) - reference);
        long hosts = busy.responder.quantile(0.99) + busy.prober.quantile(0.99);
        assertThat(busy.network.quantile(0.5)).isLessThan(hosts);
        assertThat(busy.network.count()).isGreaterThan(PROBES * (long) ROUNDS / 2);
    }

    private Window overcommitted() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < TIMES * Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            }));
        }
        try {
            return new CableRun(pair).probe(VethPair.A4, VethPair.B4, PROBES);
        } finally {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
