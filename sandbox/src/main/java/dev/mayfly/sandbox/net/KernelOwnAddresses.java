package dev.mayfly.sandbox.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the kernel says of its own addresses: those of all interfaces, read again when what is known is older than a
 * second, and those that a local route alone makes its own (load balancers hand out public addresses that way), which no
 * interface shows. For these a datagram socket is connected, which sends nothing: towards itself the kernel takes the
 * destination as its source. Safe for concurrent use.
 */
final class KernelOwnAddresses implements OwnAddresses {
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    /** Any port will do, because nothing is sent; discard (RFC 863). */
    private static final int NO_PORT = 9;

    private record Known(Set<InetAddress> addresses, long since) {}

    private volatile Known known = new Known(Set.of(), System.nanoTime() - FRESH_NANOS);

    @Override
    public boolean include(InetAddress address) throws IOException {
        return ofInterfaces().contains(address) || isOwnSource(address);
    }

    private Set<InetAddress> ofInterfaces() throws SocketException {
        Known last = known;
        long now = System.nanoTime();
        if (now - last.since() < FRESH_NANOS) {
            return last.addresses();
        }
        Set<InetAddress> addresses = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .collect(Collectors.toUnmodifiableSet());
        known = new Known(addresses, now);
        return addresses;
    }

    private static boolean isOwnSource(InetAddress address) throws IOException {
        var family = address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        DatagramChannel probe;
        try {
            probe = DatagramChannel.open(family);
        } catch (UnsupportedOperationException e) {
            return false; // a machine without IPv6 has no address of it
        }
        try (probe) {
            probe.connect(new InetSocketAddress(address, NO_PORT));
            return probe.getLocalAddress() instanceof InetSocketAddress from && address.equals(from.getAddress());
        } catch (SocketException e) {
            return false; // no route there, so none to here
        }
    }
}
