package dev.mayfly.mesh.soft;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.TransportContract;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.testkit.Needs;

class PlainTransportTest extends TransportContract {
    @Override
    protected World open() {
        // Elsewhere loopback has one address, and this needs two.
        Needs.linux();
        return new LoopbackWorld(address -> PlainTransport.open(address, World.PORTS, Ticker.system()));
    }
}
