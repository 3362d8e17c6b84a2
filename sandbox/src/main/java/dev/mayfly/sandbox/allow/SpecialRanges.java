package dev.mayfly.sandbox.allow;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Addresses that a name may never lead to and that a wide rule does not mean: everything of the IANA special-purpose
 * registries (RFC 6890 and its updates) that is not plain global unicast, and the ranges that carry an IPv4 address
 * inside an IPv6 one, since those reach the same places by another spelling. IPv6 is the other way round: only global
 * unicast 2000::/3 is open at all.
 */
public final class SpecialRanges {
    /** One range, and what it is called in reasons. */
    public record Range(Cidr block, String name) {}

    private static final List<Range> RANGES = List.of(
            range("0.0.0.0", 8, "this network"),
            range("10.0.0.0", 8, "private"),
            range("100.64.0.0", 10, "carrier-grade NAT"),
            range("127.0.0.0", 8, "loopback"),
            range("169.254.0.0", 16, "link-local and metadata"),
            range("172.16.0.0", 12, "private"),
            range("192.0.0.0", 24, "IETF protocol assignments"),
            range("192.0.2.0", 24, "documentation"),
            range("192.31.196.0", 24, "AS112"),
            range("192.52.193.0", 24, "AMT"),
            range("192.88.99.0", 24, "6to4 relay"),
            range("192.168.0.0", 16, "private"),
            range("192.175.48.0", 24, "AS112"),
            range("198.18.0.0", 15, "benchmarking, the box's own names"),
            range("198.51.100.0", 24, "documentation"),
            range("203.0.113.0", 24, "documentation"),
            range("224.0.0.0", 4, "multicast"),
            range("240.0.0.0", 4, "reserved and broadcast"),
            range("2001::", 23, "IETF protocol assignments, Teredo"),
            range("2001:db8::", 32, "documentation"),
            range("2002::", 16, "6to4"),
            range("2620:4f:8000::", 48, "AS112"),
            range("3fff::", 20, "documentation"));

    private static final Cidr GLOBAL_UNICAST = range("2000::", 3, "").block();

    private SpecialRanges() {}

    /** The range that this address lies in; empty when it is plain global unicast. */
    public static Optional<Range> of(InetAddress address) {
        return holding(Cidr.of(IpText.address(address.getAddress())));
    }

    /** The range in which the whole block lies; empty when some of it is elsewhere. */
    static Optional<Range> holding(Cidr block) {
        for (Range range : RANGES) {
            if (range.block().contains(block)) {
                return Optional.of(range);
            }
        }
        boolean wide = block.prefix() < GLOBAL_UNICAST.prefix();
        if (block.network().getAddress().length == 4 || wide || GLOBAL_UNICAST.contains(block)) {
            return Optional.empty();
        }
        return Optional.of(new Range(Cidr.around(block.network(), GLOBAL_UNICAST.prefix()), "not global unicast"));
    }

    /** Addresses that stand for no single host; not even an explicit rule makes sense for them. */
    public static boolean isNobody(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean broadcast = bytes.length == 4 && Arrays.equals(bytes, new byte[] {-1, -1, -1, -1});
        return address.isAnyLocalAddress() || address.isMulticastAddress() || broadcast;
    }

    private static Range range(String prefix, int bits, String name) {
        InetAddress address = prefix.contains(":") ? IpText.parseV6(prefix) : IpText.parseV4(prefix);
        return new Range(new Cidr(address, bits), name);
    }
}
