package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.mesh.transport.Heard;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.transport.TransportContract;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class KernelTransportTest extends TransportContract {
    @Override
    protected World open() {
        Needs.linux();
        return new LoopbackWorld(address -> KernelTransport.open(address, World.PORTS));
    }

    @Test
    void noise_is_counted_and_harms_nothing() throws IOException {
        Heard heard = new Heard();
        try (DatagramSocket stranger = new DatagramSocket()) {
            InetSocketAddress port = new InetSocketAddress(world().b().address().toInetAddress(), 4791);
            InetSocketAddress sourcePort =
                    new InetSocketAddress(world().b().address().toInetAddress(), World.FIRST_PORT);
            for (int bytes : new int[] {0, 1, 24, 64, 1500, 9000}) {
                stranger.send(new DatagramPacket(new byte[bytes], bytes, port));
                stranger.send(new DatagramPacket(new byte[bytes], bytes, sourcePort));
            }
        }
        for (int i = 0; i < 1000 && heard.rejected.size() < 6; i++) {
            world().b().receive(heard, 1_000_000);
        }
        assertThat(heard.rejected)
                .containsExactly(
                        Decoded.Rejected.TOO_SHORT,
                        Decoded.Rejected.TOO_SHORT,
                        Decoded.Rejected.OTHER_OPCODE,
                        Decoded.Rejected.OTHER_OPCODE,
                        Decoded.Rejected.TOO_LONG,
                        Decoded.Rejected.TOO_LONG);
        assertThat(heard.arrived).isEmpty();
        assertThat(heard.damaged).isZero();
    }

    @Test
    void a_port_that_is_taken_is_told_with_what_to_do_and_nothing_stays_open() {
        Leaks leaks = Leaks.snapshot("mayfly-mesh");
        assertThatThrownBy(() -> KernelTransport.open(world().a().address(), World.PORTS))
                .hasMessageContaining("take UDP port 4791")
                .hasMessageContaining("EADDRINUSE");
        leaks.assertUnchanged();
    }

    private static final int LATER = World.FIRST_PORT + 1000;

    private static Route from(Transport a, Transport b) {
        return new Route(a.address(), b.address(), LATER, Route.DEFAULT_PARTITION, 1, 2, 3);
    }

    @Test
    void a_port_that_is_opened_later_sends_until_it_is_given_back() {
        Leaks leaks = Leaks.snapshot("mayfly-mesh");
        Transport a = world().a();
        Transport b = world().b();
        assertThatThrownBy(() -> a.send(from(a, b), ByteBuffer.allocate(4), 0, 4, 7))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(a.openPort(LATER)).isTrue();
        assertThat(a.openPort(LATER)).isTrue();
        assertThat(a.openPort(World.FIRST_PORT)).isTrue();
        Heard sent = new Heard();
        Heard heard = new Heard();
        a.send(from(a, b), ByteBuffer.allocate(4), 0, 4, 7);
        a.flush();
        for (int i = 0; i < 1000 && (heard.arrived.isEmpty() || sent.sent.isEmpty()); i++) {
            a.receive(sent, 1_000_000);
            b.receive(heard, 1_000_000);
        }
        assertThat(sent.sent).containsKey(7L);
        assertThat(heard.arrived).extracting(Heard.Arrival::sourcePort).containsExactly(LATER);
        a.closePort(LATER);
        a.closePort(LATER);
        a.closePort(World.FIRST_PORT);
        assertThatThrownBy(() -> a.send(from(a, b), ByteBuffer.allocate(4), 0, 4, 7))
                .isInstanceOf(IllegalArgumentException.class);
        leaks.assertUnchanged();
    }

    @Test
    void a_port_that_somebody_else_has_is_not_opened() throws IOException {
        try (DatagramSocket _ =
                new DatagramSocket(new InetSocketAddress(world().a().address().toInetAddress(), LATER))) {
            assertThat(world().a().openPort(LATER)).isFalse();
        }
        assertThat(world().a().openPort(LATER)).isTrue();
    }

    @Test
    void the_kernel_stamps_where_this_program_knows_its_sockets() {
        assertThat(Soft.kernelStamps("Linux", Machine.X86_64)).isTrue();
        assertThat(Soft.kernelStamps("Linux", Machine.OTHER)).isFalse();
        assertThat(Soft.kernelStamps("Mac OS X", Machine.AARCH64)).isFalse();
    }
}
