package dev.mayfly.sandbox.allow;

import java.net.InetAddress;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Rules and destinations from a small world, so that they meet often. */
final class NetRules {
    private NetRules() {}

    static Arbitrary<NetRule> rules() {
        Arbitrary<NetRule> hosts = Combinators.combine(names(), ports()).as(NetRule.Host::new);
        Arbitrary<NetRule> suffixes = Combinators.combine(names(), ports()).as(NetRule.Suffix::new);
        Arbitrary<NetRule> blocks = Combinators.combine(
                        addresses(), Arbitraries.integers().between(0, 128), ports())
                .as((address, prefix, ports) -> new NetRule.Block(block(address, prefix), ports));
        return Arbitraries.oneOf(hosts, suffixes, blocks);
    }

    static Arbitrary<String> names() {
        return Arbitraries.of("a", "b", "org", "xn--mnchen-3ya")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(labels -> String.join(".", labels));
    }

    static Arbitrary<PortRange> ports() {
        Arbitrary<Integer> port = port();
        return Arbitraries.oneOf(
                Arbitraries.just(PortRange.ANY),
                Combinators.combine(port, port).as((a, b) -> new PortRange(Math.min(a, b), Math.max(a, b))));
    }

    static Arbitrary<Integer> port() {
        return Arbitraries.oneOf(Arbitraries.integers().between(1, 8), Arbitraries.of(65_534, 65_535));
    }

    static Arbitrary<InetAddress> addresses() {
        Arbitrary<byte[]> bytes = Arbitraries.oneOf(
                Arbitraries.of((byte) 0, (byte) 1, (byte) 127, (byte) -1)
                        .array(byte[].class)
                        .ofSize(4),
                Arbitraries.of((byte) 0, (byte) 0, (byte) 1, (byte) -1)
                        .array(byte[].class)
                        .ofSize(16));
        return bytes.map(IpText::address);
    }

    /** The block of this many bits around the address. */
    private static Cidr block(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        int bits = Math.min(prefix, bytes.length * 8);
        for (int bit = bits; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        InetAddress network = IpText.address(bytes);
        // Zeroing the end of an IPv6 address never makes it a mapped one, but a mapped start is IPv4 already.
        return new Cidr(network, Math.min(bits, network.getAddress().length * 8));
    }
}
