package dev.mayfly.mesh.ping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Neighbours;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.OutcomeSink;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.sim.Fate;
import dev.mayfly.mesh.sim.SimNet;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Network;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class PingerTest {
    private static final IpAddress A = IpAddress.parse("10.0.0.1");
    private static final IpAddress B = IpAddress.parse("10.0.0.2");
    private static final List<Integer> PORTS = List.of(50_000, 50_001);
    private static final Pinger.Pace HUNDRED = new Pinger.Pace(OptionalInt.of(100), Duration.ofMillis(10));

    private final List<String> lines = new ArrayList<>();

    /** The other host has its turn whenever the prober waits. */
    private static final class InTurns implements Transport {
        private final Transport own;
        private final Endpoint other;

        InTurns(Transport own, Endpoint other) {
            this.own = own;
            this.other = other;
        }

        @Override
        public int receive(Receiver receiver, long waitNanos) {
            other.turn(0);
            return own.receive(receiver, Math.min(waitNanos, 100_000));
        }

        @Override
        public IpAddress address() {
            return own.address();
        }

        @Override
        public Stamping stamping() {
            return own.stamping();
        }

        @Override
        public void send(Route route, ByteBuffer payload, int from, int length, long token) {
            own.send(route, payload, from, length, token);
        }

        @Override
        public void flush() {
            own.flush();
        }

        @Override
        public void close() {
            own.close();
        }
    }

    private static final class NoProbes implements OutcomeSink {
        @Override
        public void settled(ProbeOutcome outcome) {}

        @Override
        public void revised(ProbeOutcome before, ProbeOutcome now) {}

        @Override
        public void forgotten(int target, long startedNanos) {}
    }

    private PingSums ping(IntPredicate losesPort, String answeredNetwork) {
        SimNet net =
                new SimNet(route -> losesPort.test(route.sourcePort()) ? new Fate.Lost() : new Fate.Arrives(3_000));
        try (Transport a = net.open(A, 5_000_000_000L);
                Transport b = net.open(B, 0)) {
            Endpoint other = new Endpoint(
                    b,
                    new Endpoint.Self(Peer.BY_HAND, Peer.USUAL_KEY, PORTS, AnswerLimit.USUAL),
                    new ProbeTable(0, 1, AdaptiveTimeout.Bounds.USUAL, Duration.ofSeconds(1), new NoProbes()),
                    net.ticker(),
                    new Neighbours(List.of(Network.parse(answeredNetwork)), 1));
            Pinger pinger = new Pinger(
                    new InTurns(a, other),
                    PORTS,
                    Peer.byHand(B),
                    7,
                    net.ticker(),
                    (count, port, outcome, again) -> lines.add(
                            count + " " + port + " " + outcome.verdict().word() + (again ? " again" : "")));
            return pinger.run(HUNDRED);
        }
    }

    @Test
    void each_probe_is_told_once_and_ports_take_turns() {
        PingSums sums = ping(port -> false, "10.0.0.0/24");
        assertThat(sums.sent()).isEqualTo(100);
        assertThat(sums.count(Verdict.OK)).isEqualTo(100);
        assertThat(lines).hasSize(100).startsWith("1 50000 ok", "2 50001 ok").endsWith("100 50001 ok");
        assertThat(sums.network().quantile(0.5)).isBetween(5_900L, 6_100L);
        assertThat(sums.answered()).isTrue();
    }

    @Test
    void a_port_whose_way_loses_everything_stands_out() {
        PingSums sums = ping(port -> port == 50_001, "10.0.0.1");
        assertThat(sums.count(Verdict.LOST)).isEqualTo(50);
        assertThat(sums.paths().get(50_000).blamed()).isZero();
        assertThat(sums.paths().get(50_001).blamed()).isEqualTo(50);
    }

    @Test
    void who_is_not_welcome_is_not_answered() {
        PingSums sums = ping(port -> false, "10.0.1.0/24");
        assertThat(sums.count(Verdict.LOST)).isEqualTo(100);
        assertThat(sums.answered()).isFalse();
    }

    @Test
    void an_interrupt_ends_it_with_what_is_known() {
        Thread.currentThread().interrupt();
        PingSums sums = ping(port -> false, "10.0.0.0/24");
        assertThat(sums.sent()).isZero();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void networks_contain_what_begins_alike() {
        assertThat(Network.parse("10.1.0.0/16").contains(IpAddress.parse("10.1.255.3")))
                .isTrue();
        assertThat(Network.parse("10.1.0.0/16").contains(IpAddress.parse("10.2.0.1")))
                .isFalse();
        assertThat(Network.parse("0.0.0.0/0").contains(IpAddress.parse("200.2.0.1")))
                .isTrue();
        assertThat(Network.parse("10.1.0.7").contains(IpAddress.parse("10.1.0.7")))
                .isTrue();
        assertThat(Network.parse("10.1.0.7").contains(IpAddress.parse("10.1.0.6")))
                .isFalse();
        assertThat(Network.parse("fd00::/8").contains(IpAddress.parse("fdff::1")))
                .isTrue();
        assertThat(Network.parse("fd00::/65").contains(IpAddress.parse("fd00::8000:0:0:1")))
                .isFalse();
        assertThat(Network.parse("fd00::1").contains(IpAddress.parse("fd00::1")))
                .isTrue();
        assertThat(Network.parse("fd00::/8").contains(IpAddress.parse("10.0.0.1")))
                .isFalse();
    }
}
