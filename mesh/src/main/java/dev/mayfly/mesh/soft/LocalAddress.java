package dev.mayfly.mesh.soft;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Network;
import dev.mayfly.mesh.wire.Roce;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Addresses of this host. */
public final class LocalAddress {
    private LocalAddress() {}

    /**
     * The one from which this host would send there. Nothing is sent.
     *
     * @throws MayflyException {@code NOT_FOUND} when this host knows no way there
     */
    public static IpAddress towards(IpAddress target) {
        boolean v4 = target.family() == IpAddress.Family.IPV4;
        try (DatagramChannel channel =
                DatagramChannel.open(v4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
            channel.connect(new InetSocketAddress(target.toInetAddress(), Roce.UDP_PORT));
            if (channel.getLocalAddress() instanceof InetSocketAddress local) {
                return IpAddress.of(local.getAddress());
            }
            throw new IOException("the socket has no address");
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.NOT_FOUND,
                    "this host knows no way to " + target,
                    String.valueOf(e.getMessage()),
                    "ip route get " + target,
                    e);
        }
    }

    /** The network of an address of this host, as its interface has it; none when no interface has the address. */
    public static List<Network> networksOf(IpAddress address) {
        List<Network> networks = new ArrayList<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress has : each.getInterfaceAddresses()) {
                    if (IpAddress.of(has.getAddress()).equals(address)) {
                        networks.add(new Network(address, has.getNetworkPrefixLength()));
                    }
                }
            }
        } catch (IOException _) {
            return List.of();
        }
        return networks;
    }

    /** Addresses of this host on which others can reach it, loopback left out. */
    public static List<IpAddress> all() {
        List<IpAddress> all = new ArrayList<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InterfaceAddress has : each.getInterfaceAddresses()) {
                    boolean reachable = !has.getAddress().isLoopbackAddress()
                            && !has.getAddress().isLinkLocalAddress();
                    if (each.isUp() && reachable) {
                        all.add(IpAddress.of(has.getAddress()));
                    }
                }
            }
        } catch (IOException _) {
            return List.of();
        }
        return all;
    }
}
