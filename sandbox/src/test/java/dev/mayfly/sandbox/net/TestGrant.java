package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetGrant;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** Exact names with ports and exact addresses. */
record TestGrant(Set<String> names, Set<InetSocketAddress> addresses, Set<Integer> loopbackPorts, NetCaps caps)
        implements NetGrant {
    static final NetCaps CAPS = new NetCaps(400, 64, 64L << 20, 64, Duration.ofSeconds(20));

    static TestGrant names(String... hostPorts) {
        return new TestGrant(Set.of(hostPorts), Set.of(), Set.of(), CAPS);
    }

    static TestGrant nothing() {
        return names(new String[0]);
    }

    TestGrant with(NetCaps other) {
        return new TestGrant(names, addresses, loopbackPorts, other);
    }

    TestGrant with(InetSocketAddress... more) {
        return new TestGrant(names, Set.of(more), loopbackPorts, caps);
    }

    TestGrant withLoopback(Integer... ports) {
        return new TestGrant(names, addresses, Set.of(ports), caps);
    }

    @Override
    public boolean deniesAll() {
        return false;
    }

    @Override
    public boolean permitsName(String host, int port) {
        return names.contains(host + ":" + port);
    }

    @Override
    public boolean permitsLookup(String host) {
        return names.stream()
                .map(name -> name.substring(0, name.indexOf(':')))
                .collect(Collectors.toSet())
                .contains(host);
    }

    @Override
    public boolean namesAddress(InetAddress address, int port) {
        return permitsAddress(address, port);
    }

    @Override
    public boolean permitsSomeAddress() {
        return !addresses.isEmpty();
    }

    @Override
    public boolean permitsAddress(InetAddress address, int port) {
        return addresses.contains(new InetSocketAddress(address, port));
    }
}
