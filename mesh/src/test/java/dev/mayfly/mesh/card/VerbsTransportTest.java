package dev.mayfly.mesh.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Heard;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerbsTransportTest {
    private static final long MS = 1_000_000;
    private static final int KEY = 0x11111111;
    private static final int QUEUE_FATAL = 1;
    private static final int CARD_FATAL = 8;
    private static final int PORT_ACTIVE = 9;
    private static final int PORT_ERROR = 10;
    private static final int GIDS_CHANGED = 18;

    private FakeWorld world;
    private final Heard a = new Heard();
    private final Heard b = new Heard();
    private long token;

    @BeforeEach
    void open() {
        world = FakeWorld.of(false, FakeCard.Clock.WALLCLOCK, KEY, 17, 99);
    }

    @AfterEach
    void close() {
        if (world != null) {
            world.close();
        }
    }

    private void turns(BooleanSupplier done) {
        for (int i = 0; i < 60_000 && !done.getAsBoolean(); i++) {
            world.a().receive(a, MS);
            world.b().receive(b, MS);
        }
        assertThat(done.getAsBoolean()).isTrue();
    }

    private void sendToB(int port) {
        Route route = new Route(
                world.a().address(),
                world.b().address(),
                port,
                Route.DEFAULT_PARTITION,
                world.b().queuePair().orElseThrow(),
                world.a().queuePair().orElseThrow(),
                KEY);
        world.a().send(route, ByteBuffer.allocate(40).putLong(0, token), 0, 40, token++);
    }

    /** Everything works, now. */
    private void oneArrives() {
        int before = b.arrived.size();
        sendToB(World.FIRST_PORT);
        world.a().flush();
        turns(() -> b.arrived.size() > before);
    }

    private byte[] header(IpAddress source, IpAddress target, int payload) {
        FakeCard.Gid from = new FakeCard.Gid(CardAddress.high(source), CardAddress.low(source), true);
        return FakePair.header(from, CardAddress.high(target), CardAddress.low(target), 0, payload, new Random(token));
    }

    @Test
    void hostile_completions_are_told_apart_and_end_nothing() {
        oneArrives();
        FakePair pair = world.cardB.pair();
        IpAddress here = world.b().address();
        IpAddress there = world.a().address();
        byte[] right = header(there, here, 40);
        byte[] payload = new byte[40];
        pair.arrive(right, new byte[0], 17, 0, 39, FakePair.GRH);
        pair.arrive(right, payload, 17, 0, -1, FakePair.GRH);
        pair.arrive(right, payload, 17, 0, 40 + 1024 + 1, FakePair.GRH);
        pair.arrive(right, payload, 17, 0, 80, 0);
        pair.arrive(new byte[40], payload, 17, 0, 80, FakePair.GRH);
        pair.arrive(header(there, IpAddress.parse("10.0.0.77"), 40), payload, 17, 0, 80, FakePair.GRH);
        byte[] bent = header(there, here, 40);
        bent[33] ^= 4; // The source, under the header's checksum; what is left looks like IPv6 to somebody else.
        pair.arrive(bent, payload, 17, 0, 80, FakePair.GRH);
        turns(() -> b.rejected.size() == 7);
        assertThat(b.rejected)
                .containsExactly(
                        Decoded.Rejected.TOO_SHORT,
                        Decoded.Rejected.TOO_SHORT,
                        Decoded.Rejected.TOO_LONG,
                        Decoded.Rejected.NOT_IP,
                        Decoded.Rejected.NOT_IP,
                        Decoded.Rejected.OTHER_ADDRESS,
                        Decoded.Rejected.OTHER_ADDRESS);
        assertThat(b.arrived).hasSize(1);

        pair.arrive(right, payload, 17, 1, 80, FakePair.GRH);
        pair.stray(true, 0);
        pair.stray(true, 0x7FFF_0003L);
        pair.stray(true, -1);
        pair.stray(false, 0xFFFFL);
        turns(() -> world.b().odd() == 5);
        assertThat(b.arrived).hasSize(1);
        assertThat(b.sent).isEmpty();
        oneArrives();
        assertThat(world.b().renewals()).isZero();
        assertThat(b.arrived.getLast().sourceQp()).isEqualTo(17);
    }

    @Test
    void every_place_that_was_used_is_handed_over_again() {
        for (int i = 0; i < 20; i++) {
            int sofar = b.arrived.size();
            for (int k = 0; k < 200; k++) {
                sendToB(World.FIRST_PORT);
            }
            world.a().flush();
            turns(() -> b.arrived.size() == sofar + 200);
        }
        assertThat(a.failed).isZero();
        assertThat(world.a().odd() + world.b().odd()).isZero();
    }

    @Test
    void a_send_that_the_card_fails_has_failed_and_makes_the_queue_anew() {
        world.cardA.statusOfSends = 12;
        sendToB(World.FIRST_PORT);
        world.a().flush();
        turns(() -> a.failed == 1 && world.a().renewals() == 1);
        world.cardA.statusOfSends = 0;
        turns(() -> world.a().up());
        assertThat(world.a().queuePair()).hasValue(18);
        oneArrives();
    }

    @Test
    void a_broken_queue_is_made_anew_with_another_number_and_what_was_on_its_way_has_failed() {
        world.cardA.sendsRest = true;
        for (int i = 0; i < 3; i++) {
            sendToB(World.FIRST_PORT + i);
        }
        world.a().flush();
        sendToB(World.FIRST_PORT);
        world.cardA.event(QUEUE_FATAL);
        turns(() -> a.failed == 4 && world.a().up());
        world.cardA.sendsRest = false;
        assertThat(world.a().queuePair()).hasValue(18);
        assertThat(a.sent).isEmpty();
        oneArrives();
    }

    @Test
    void a_card_that_is_gone_is_waited_for_and_may_come_back() {
        world.cardA.present = false;
        world.cardA.event(CARD_FATAL);
        turns(() -> !world.a().up());
        int before = a.failed;
        sendToB(World.FIRST_PORT);
        world.a().flush();
        turns(() -> a.failed == before + 1);
        assertThat(world.verbs.leaks()).as("all of the card was given back").hasSize(7);
        world.cardA.present = true;
        turns(() -> world.a().up());
        assertThat(world.a().queuePair()).hasValue(18);
        oneArrives();
    }

    @Test
    void a_port_that_is_down_sends_nothing_until_it_is_up() {
        world.cardA.active = false;
        world.cardA.event(PORT_ERROR);
        turns(() -> !world.a().up());
        sendToB(World.FIRST_PORT);
        turns(() -> a.failed == 1);
        world.cardA.active = true;
        world.cardA.event(PORT_ACTIVE);
        turns(() -> world.a().up());
        assertThat(world.a().queuePair()).hasValue(17);
        oneArrives();
    }

    @Test
    void an_address_that_moves_in_the_table_is_followed_and_one_that_is_gone_is_missed() {
        oneArrives();
        FakeCard.Gid first = world.cardA.gids.get(3);
        world.cardA.gids.set(3, world.cardA.gids.get(1));
        world.cardA.event(GIDS_CHANGED);
        turns(() -> !world.a().up());
        world.cardA.gids.add(first);
        world.cardA.event(GIDS_CHANGED);
        turns(() -> world.a().up());
        oneArrives();
        assertThat(b.arrived.getLast().source()).isEqualTo(world.a().address());
    }

    @Test
    void no_more_are_on_their_way_than_may_be_and_the_rest_fails_at_once() {
        world.cardA.sendsRest = true;
        int most = CardOptions.USUAL.sends();
        for (int i = 0; i < most + 10; i++) {
            sendToB(World.FIRST_PORT);
        }
        world.a().flush();
        turns(() -> a.failed == 10);
        world.cardA.pair().letGo();
        turns(() -> a.sent.size() == most);
        assertThat(a.failed).isEqualTo(10);
    }

    @Test
    void ways_are_kept_and_carry_what_was_asked_for() {
        for (int i = 0; i < 60; i++) {
            sendToB(World.FIRST_PORT + i % 3);
        }
        world.a().flush();
        turns(() -> b.arrived.size() == 60);
        assertThat(world.cardA.waysMade).isEqualTo(3);
        assertThat(world.cardA.pair().lastHops).isEqualTo(64);

        world.cardA.waysFail = true;
        Route nowhere =
                new Route(world.a().address(), IpAddress.parse("10.0.0.9"), World.FIRST_PORT, 0xFFFF, 1, 17, KEY);
        for (int i = 0; i < 5; i++) {
            world.a().send(nowhere, ByteBuffer.allocate(40), 0, 40, token++);
        }
        turns(() -> a.failed == 5);
        world.cardA.waysFail = false;
        oneArrives();
    }

    @Test
    void a_card_that_forgets_its_stamps_is_not_asked_for_them_any_more() {
        assertThat(world.a().stamping()).isEqualTo(Stamping.CARD);
        world.cardA.stampsAreZero = true;
        sendToB(World.FIRST_PORT);
        world.a().flush();
        turns(() -> a.sent.size() == 1);
        assertThat(a.sent.values()).doesNotContain(0L);
        assertThat(world.a().stamping()).isEqualTo(Stamping.PROGRAM);
        world.cardA.event(QUEUE_FATAL);
        turns(() -> world.a().renewals() == 1 && world.a().up());
        assertThat(world.a().stamping()).isEqualTo(Stamping.PROGRAM);
        oneArrives();
    }

    @Test
    void who_waits_is_woken_by_what_arrives() throws InterruptedException {
        Route back = new Route(world.b().address(), world.a().address(), World.FIRST_PORT, 0xFFFF, 17, 99, KEY);
        Thread other = Thread.ofPlatform().start(() -> {
            world.b().send(back, ByteBuffer.allocate(40), 0, 40, 1);
            world.b().flush();
        });
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            while (a.arrived.isEmpty()) {
                world.a().receive(a, 600_000 * MS);
            }
        });
        other.join();
    }

    @Test
    void without_the_newer_calls_there_are_no_stamps_of_the_card() {
        IpAddress third = IpAddress.parse("10.0.0.3");
        FakeCard old = world.verbs.add("fake_2").with(third);
        old.clock = FakeCard.Clock.WALLCLOCK;
        old.extendedTable = false;
        try (VerbsTransport transport = open(third)) {
            assertThat(transport.stamping()).isEqualTo(Stamping.PROGRAM);
        }
    }

    private VerbsTransport open(IpAddress address) {
        return VerbsTransport.open(world.verbs.library(), address, World.PORTS, CardOptions.USUAL, Ticker.system());
    }

    @Test
    void what_cannot_be_opened_says_why_and_what_to_do() {
        assertThatThrownBy(() -> open(IpAddress.parse("10.0.0.3"))).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.why()).contains("10.0.0.1 (fake_0)", "10.0.0.2 (fake_1)");
            assertThat(e.fix()).contains("--address");
        });
        assertThatThrownBy(() -> VerbsTransport.open(
                        world.verbs.library(), world.a().address(), List.of(1024), CardOptions.USUAL, Ticker.system()))
                .hasMessageContaining("cannot send from port 1024");
        world.cardA.active = false;
        List<Capability> rows = VerbsTrial.rows(world.verbs::library);
        assertThat(rows)
                .extracting(Capability::state)
                .containsExactly(CapabilityState.DEGRADED, CapabilityState.ACTIVE);
        assertThat(rows.getFirst().evidence()).contains("fake_0", "its port is down");

        world.verbs.without("_ibv_query_gid_table");
        assertThatThrownBy(() -> open(world.a().address()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.why()).contains("_ibv_query_gid_table"));
        world.verbs.cards.forEach(card -> card.present = false);
        assertThatThrownBy(() -> open(world.a().address()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.fix()).contains("--transport soft", "rdma_rxe"));
        assertThat(VerbsTrial.rows(world.verbs::library))
                .singleElement()
                .satisfies(row -> assertThat(row.state()).isEqualTo(CapabilityState.UNAVAILABLE));
    }
}
