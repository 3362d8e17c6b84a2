package dev.mayfly.mesh.soft;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Two addresses of 127/8 that nobody else is likely to use at the same time. */
final class LoopbackWorld implements World {
    private final Transport a;
    private final Transport b;

    LoopbackWorld(Function<IpAddress, Transport> opener) {
        int first = 0x7F000000 | ThreadLocalRandom.current().nextInt(0x10000, 0xFFFFF0) & ~1;
        a = opener.apply(IpAddress.v4(first));
        b = opener.apply(IpAddress.v4(first + 1));
    }

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
        return Ticker.system();
    }

    @Override
    public long skewNanos() {
        return 0;
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
