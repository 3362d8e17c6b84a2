package dev.mayfly.mesh.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.OutcomeSink;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One suite for all transports. */
public abstract class TransportContract {
    private static final long MS = 1_000_000;
    /** Those of a and b, where they are not the transport's to choose; there it must choose these. */
    protected static final int QP_A = 0x11;

    protected static final int QP_B = 0x22;
    protected static final int KEY = 0x80001234;

    private World world;

    protected abstract World open();

    @BeforeEach
    void openWorld() {
        world = open();
    }

    @AfterEach
    void closeWorld() {
        if (world != null) {
            world.close();
        }
    }

    protected World world() {
        return world;
    }

    private Route route(Transport from, Transport to, int port) {
        return new Route(from.address(), to.address(), port, Route.DEFAULT_PARTITION, QP_B, QP_A, KEY);
    }

    private static ByteBuffer payload(int bytes, int first) {
        ByteBuffer payload = ByteBuffer.allocate(bytes);
        for (int i = 0; i < bytes; i++) {
            payload.put(i, (byte) (first + i));
        }
        return payload;
    }

    private void until(Transport one, Heard oneHeard, Transport two, Heard twoHeard, BooleanSupplier done) {
        for (int i = 0; i < 2_000 && !done.getAsBoolean(); i++) {
            one.receive(oneHeard, MS);
            two.receive(twoHeard, MS);
        }
    }

    @Test
    void a_frame_arrives_as_it_was_sent() {
        Heard a = new Heard();
        Heard b = new Heard();
        world.a().send(route(world.a(), world.b(), World.FIRST_PORT + 1), payload(45, 7), 2, 41, 99);
        world.a().flush();
        until(world.a(), a, world.b(), b, () -> !b.arrived.isEmpty() && !a.sent.isEmpty());
        assertThat(b.arrived).hasSize(1);
        Heard.Arrival arrival = b.arrived.getFirst();
        assertThat(arrival.source()).isEqualTo(world.a().address());
        assertThat(arrival.sourcePort()).isEqualTo(world.tellsSourcePorts() ? World.FIRST_PORT + 1 : 0);
        assertThat(arrival.targetQp()).isEqualTo(QP_B);
        assertThat(arrival.sourceQp()).isEqualTo(QP_A);
        assertThat(arrival.key()).isEqualTo(KEY);
        assertThat(arrival.payload()).isEqualTo(payload(41, 9).array());
        assertThat(a.sent).containsOnlyKeys(99L);
        assertThat(a.arrived).isEmpty();
    }

    @Test
    void each_frame_has_a_stamp_of_when_it_left_and_one_of_when_it_arrived() {
        Heard a = new Heard();
        Heard b = new Heard();
        int frames = 600;
        for (int i = 0; i < frames; i++) {
            ByteBuffer payload = ByteBuffer.allocate(40).putLong(0, i);
            world.a().send(route(world.a(), world.b(), World.FIRST_PORT + i % 3), payload, 0, 40, i);
            if (i % 150 == 149) {
                world.a().flush();
                int sent = i + 1;
                until(world.a(), a, world.b(), b, () -> b.arrived.size() == sent && a.sent.size() == sent);
            }
        }
        assertThat(a.failed).isZero();
        assertThat(a.sent).hasSize(frames);
        assertThat(b.arrived).hasSize(frames);
        for (Heard.Arrival arrival : b.arrived) {
            long left = a.sent.get(ByteBuffer.wrap(arrival.payload()).getLong());
            assertThat(arrival.stamp() - world.skewNanos()).isBetween(left, left + 5_000 * MS);
        }
    }

    @Test
    void frames_that_nobody_waits_for_take_no_stamp_from_others() {
        Heard a = new Heard();
        Heard b = new Heard();
        int frames = 300;
        for (int i = 0; i < frames; i++) {
            ByteBuffer payload = ByteBuffer.allocate(40).putLong(0, i);
            long token = i % 3 == 0 ? i : Transport.UNWATCHED;
            world.a().send(route(world.a(), world.b(), World.FIRST_PORT), payload, 0, 40, token);
            if (i % 30 == 29) {
                world.a().flush();
                int sent = i + 1;
                until(world.a(), a, world.b(), b, () -> b.arrived.size() == sent && watched(a) == sent / 3);
            }
        }
        assertThat(b.arrived).hasSize(frames);
        assertThat(watched(a)).isEqualTo(frames / 3);
        for (Heard.Arrival arrival : b.arrived) {
            long token = ByteBuffer.wrap(arrival.payload()).getLong();
            if (token % 3 == 0) {
                long left = a.sent.get(token);
                assertThat(arrival.stamp() - world.skewNanos()).isBetween(left, left + 5_000 * MS);
            }
        }
    }

    private static long watched(Heard heard) {
        return heard.sent.keySet().stream()
                .filter(token -> token != Transport.UNWATCHED)
                .count();
    }

    @Test
    void what_cannot_be_sent_is_refused() {
        Route back = route(world.b(), world.a(), World.FIRST_PORT);
        assertThatIllegalArgumentException().isThrownBy(() -> world.a().send(back, payload(40, 0), 0, 40, 1));
        Route there = route(world.a(), world.b(), World.FIRST_PORT);
        int tooLong = Transport.LARGEST_PAYLOAD + 1;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> world.a().send(there, payload(tooLong, 0), 0, tooLong, 1));
    }

    @Test
    void waiting_for_nothing_comes_to_an_end() {
        long before = world.ticker().nanos();
        assertThat(world.a().receive(new Heard(), 30 * MS)).isZero();
        assertThat(world.ticker().nanos() - before).isBetween(29 * MS, 5_000 * MS);
    }

    @Test
    void closing_twice_is_closing_once() {
        world.a().close();
        world.a().close();
    }

    /** Everything that is told, as a list. */
    private static final class Verdicts implements OutcomeSink {
        private final List<ProbeOutcome> last = new ArrayList<>();

        @Override
        public void settled(ProbeOutcome outcome) {
            last.add(outcome);
        }

        @Override
        public void revised(ProbeOutcome before, ProbeOutcome now) {
            last.set(last.indexOf(before), now);
        }

        @Override
        public void forgotten(int target, long startedNanos) {
            throw new AssertionError("forgotten: " + target);
        }
    }

    private final Verdicts verdicts = new Verdicts();
    /** Shorter where probes are lost and must be waited for; a busy machine is not to look like a late answer. */
    private Duration patience = Duration.ofSeconds(30);

    private Endpoint endpoint(Transport transport, int queuePair, OutcomeSink sink, AnswerLimit limit) {
        ProbeTable table = new ProbeTable(
                5,
                1 << 12,
                new AdaptiveTimeout.Bounds(patience, patience.plusMillis(100)),
                Duration.ofSeconds(60),
                sink);
        return new Endpoint(transport, new Endpoint.Self(queuePair, KEY, World.PORTS, limit), table, world.ticker());
    }

    private void probe(Endpoint prober, Endpoint responder, int probes) {
        Peer other = new Peer(world.b().address(), QP_B, KEY);
        for (int i = 0; i < probes; i++) {
            prober.probe(i % 3, prober.routeTo(other, World.FIRST_PORT + i % 3));
        }
        for (int i = 0; i < 100_000 && verdicts.last.size() < probes; i++) {
            prober.turn(MS / 4);
            responder.turn(MS / 4);
        }
        assertThat(verdicts.last).hasSize(probes);
    }

    @Test
    void probes_of_a_peer_are_answered_and_their_time_is_told() {
        Endpoint a = endpoint(world.a(), QP_A, verdicts, AnswerLimit.USUAL);
        Endpoint b = endpoint(world.b(), QP_B, new Verdicts(), AnswerLimit.USUAL);
        a.admit(new Peer(world.b().address(), QP_B, KEY));
        b.admit(new Peer(world.a().address(), QP_A, KEY));
        probe(a, b, 90);
        assertThat(verdicts.last).extracting(ProbeOutcome::verdict).containsOnly(Verdict.OK);
        assertThat(b.counts().answered()).isEqualTo(90);
    }

    @Test
    void a_stranger_gets_no_answer() {
        patience = Duration.ofMillis(400);
        Endpoint a = endpoint(world.a(), QP_A, verdicts, AnswerLimit.USUAL);
        Endpoint b = endpoint(world.b(), QP_B, new Verdicts(), AnswerLimit.USUAL);
        a.admit(new Peer(world.b().address(), QP_B, KEY));
        probe(a, b, 5);
        assertThat(verdicts.last).extracting(ProbeOutcome::verdict).containsOnly(Verdict.LOST);
        assertThat(b.counts().refused()).isEqualTo(5);
        assertThat(b.counts().answered()).isZero();

        b.admit(new Peer(world.a().address(), QP_A + 1, KEY));
        verdicts.last.clear();
        probe(a, b, 5);
        assertThat(b.counts().refused())
                .as("another queue pair than that of the peer")
                .isEqualTo(10);
    }

    @Test
    void a_peer_that_asks_too_much_is_answered_up_to_its_limit() {
        patience = Duration.ofSeconds(2);
        Endpoint a = endpoint(world.a(), QP_A, verdicts, AnswerLimit.USUAL);
        Endpoint b = endpoint(world.b(), QP_B, new Verdicts(), new AnswerLimit(0.001, 7));
        a.admit(new Peer(world.b().address(), QP_B, KEY));
        b.admit(new Peer(world.a().address(), QP_A, KEY));
        probe(a, b, 30);
        assertThat(b.counts().answered()).isEqualTo(7);
        assertThat(b.counts().throttled()).isEqualTo(23);
        assertThat(verdicts.last.stream().filter(outcome -> outcome.verdict() == Verdict.OK))
                .hasSize(7);
    }
}
