package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/** The real resolver and dialer: the host's own name service, network and addresses. Safe for concurrent use. */
public final class HostSide implements Resolver, Dialer, OwnAddresses {
    private static final Duration RESOLVE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final OwnAddresses own = new KernelOwnAddresses();
    private final Resolver lookups = new HostLookups(name -> List.of(InetAddress.getAllByName(name)), RESOLVE_TIMEOUT);

    @Override
    public List<InetAddress> resolve(String name) throws UnknownHostException {
        return lookups.resolve(name);
    }

    @Override
    public Resolver forOneRun() {
        return lookups.forOneRun();
    }

    @Override
    public boolean include(InetAddress address) throws IOException {
        return own.include(address);
    }

    @Override
    public SocketChannel dial(InetSocketAddress approved) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.socket().connect(approved, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
