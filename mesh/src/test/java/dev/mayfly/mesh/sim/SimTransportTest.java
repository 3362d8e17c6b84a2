package dev.mayfly.mesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Heard;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.transport.TransportContract;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SimTransportTest extends TransportContract {
    private static final long SKEW = 86_400_000_000_000L;

    @Override
    protected World open() {
        SimNet net = new SimNet(route -> new Fate.Arrives(1_500));
        Transport a = net.open(IpAddress.parse("10.0.0.1"), 0);
        Transport b = net.open(IpAddress.parse("10.0.0.2"), SKEW);
        return new World() {
            @Override
            public Transport a() {
                return a;
            }

            @Override
            public Transport b() {
                return b;
            }

            @Override
            public Ticker ticker() {
                return net.ticker();
            }

            @Override
            public long skewNanos() {
                return SKEW;
            }

            @Override
            public void close() {
                a.close();
                b.close();
            }
        };
    }

    @Test
    void a_frame_has_the_fate_that_it_is_given() {
        SimNet net = new SimNet(route -> switch (route.sourcePort() % 3) {
            case 0 -> new Fate.Arrives(10);
            case 1 -> new Fate.Lost();
            default -> new Fate.ArrivesChanged(10, 8 * 30 + 3);
        });
        Transport a = net.open(IpAddress.parse("fd00::1"), 0);
        Transport b = net.open(IpAddress.parse("fd00::2"), 0);
        Heard heard = new Heard();
        for (int port = 0xC000; port < 0xC000 + 30; port++) {
            Route route = new Route(a.address(), b.address(), port, Route.DEFAULT_PARTITION, 1, 2, 3);
            a.send(route, ByteBuffer.allocate(40), 0, 40, port);
        }
        a.flush();
        net.advance(9);
        assertThat(b.receive(heard, 0)).isZero();
        net.advance(1);
        b.receive(heard, 0);
        assertThat(heard.arrived).hasSize(10);
        assertThat(heard.damaged).isEqualTo(10);
    }
}
