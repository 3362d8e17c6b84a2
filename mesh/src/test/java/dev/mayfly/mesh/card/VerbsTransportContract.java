package dev.mayfly.mesh.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.mesh.transport.Heard;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.transport.TransportContract;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What the contract is held with: cards that stamp in nanoseconds, in ticks, or not at all; of IPv6 and IPv4. */
abstract class VerbsTransportContract extends TransportContract {
    private static final int LATER = Roce.FIRST_SOURCE_PORT + 4321;

    abstract FakeCard.Clock clock();

    abstract boolean ipv6();

    @Override
    protected FakeWorld open() {
        return FakeWorld.of(ipv6(), clock(), KEY, QP_A, QP_B);
    }

    @Test
    void stamps_are_of_the_card_where_it_makes_any() {
        assertThat(world().a().stamping()).isEqualTo(clock() == FakeCard.Clock.NONE ? Stamping.PROGRAM : Stamping.CARD);
        assertThat(world().a().queuePair()).hasValue(QP_A);
    }

    private void sendLater() {
        Route route = new Route(
                world().a().address(), world().b().address(), LATER, Route.DEFAULT_PARTITION, QP_B, QP_A, KEY);
        world().a().send(route, ByteBuffer.allocate(4), 0, 4, 7);
        world().a().flush();
    }

    @Test
    void a_port_of_a_service_sends_from_when_it_is_opened_until_it_is_given_back() {
        Transport a = world().a();
        assertThatThrownBy(this::sendLater).isInstanceOf(IllegalArgumentException.class);
        assertThat(a.openPort(Roce.FIRST_SOURCE_PORT - 1)).isFalse();
        assertThat(a.openPort(World.FIRST_PORT)).isTrue();
        assertThat(a.openPort(LATER)).isTrue();
        sendLater();
        Heard sent = new Heard();
        Heard heard = new Heard();
        for (int i = 0; i < 30_000 && (heard.arrived.isEmpty() || sent.sent.isEmpty()); i++) {
            a.receive(sent, 1_000_000);
            world().b().receive(heard, 1_000_000);
        }
        assertThat(sent.sent).containsKey(7L);
        assertThat(heard.arrived)
                .extracting(Heard.Arrival::sourcePort)
                .containsExactly(world().tellsSourcePorts() ? LATER : 0);
        a.closePort(LATER);
        a.closePort(LATER);
        assertThatThrownBy(this::sendLater).isInstanceOf(IllegalArgumentException.class);
    }
}
