package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.TransportContract;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import org.junit.jupiter.api.Test;

class PlainTransportTest extends TransportContract {
    @Override
    protected World open() {
        // Elsewhere loopback has one address, and this needs two.
        Needs.linux();
        return new LoopbackWorld(address -> PlainTransport.open(address, World.PORTS, Ticker.system()));
    }

    @Test
    void a_port_that_is_taken_is_told_and_nothing_stays_open() {
        Leaks leaks = Leaks.snapshot("mayfly-mesh");
        assertThatThrownBy(() -> PlainTransport.open(world().a().address(), World.PORTS, Ticker.system()))
                .hasMessageContaining("take UDP port 4791");
        leaks.assertUnchanged();
    }
}
