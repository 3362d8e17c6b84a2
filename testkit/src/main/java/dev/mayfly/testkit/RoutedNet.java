package dev.mayfly.testkit;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two hosts in network namespaces with routers between them, and two ways: host A, leaf A, one of two spines, leaf B, host B.
 * Which spine a flow takes is hashed from its addresses and ports.
 */
public final class RoutedNet implements AutoCloseable {
    /** Addresses of the hosts; what the routers have begins alike. */
    public static final String A = "10.231.1.1";

    public static final String B = "10.231.2.1";
    public static final String LEAF_A = "10.231.1.254";
    /** As seen from A. */
    public static final List<String> SPINES = List.of("10.231.11.2", "10.231.12.2");

    /** A namespace. */
    public enum Place {
        A,
        LEAF_A,
        SPINE_1,
        SPINE_2,
        LEAF_B,
        B
    }

    private final Map<Place, NetSpace> spaces = new EnumMap<>(Place.class);

    private RoutedNet() {}

    /** Makes it, or skips the test with what this machine lacks. */
    public static RoutedNet make() throws IOException {
        RoutedNet net = new RoutedNet();
        try {
            net.build();
            return net;
        } catch (IOException | RuntimeException e) {
            net.close();
            throw e;
        }
    }

    private void build() throws IOException {
        for (Place place : Place.values()) {
            spaces.put(place, NetSpace.make());
        }
        cable(Place.A, A, Place.LEAF_A, LEAF_A);
        cable(Place.LEAF_A, "10.231.11.1", Place.SPINE_1, SPINES.get(0));
        cable(Place.LEAF_A, "10.231.12.1", Place.SPINE_2, SPINES.get(1));
        cable(Place.SPINE_1, "10.231.21.1", Place.LEAF_B, "10.231.21.2");
        cable(Place.SPINE_2, "10.231.22.1", Place.LEAF_B, "10.231.22.2");
        cable(Place.LEAF_B, "10.231.2.254", Place.B, B);
        // All say that they drop as often as they are asked, routers from the address at which it arrived.
        String host = "echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; ip link set lo up; ip route add ";
        String router = "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv4/fib_multipath_hash_policy;"
                + " echo 1 > /proc/sys/net/ipv4/icmp_errors_use_inbound_ifaddr; " + host;
        in(Place.A, host + "default via " + LEAF_A);
        in(Place.B, host + "default via 10.231.2.254");
        in(Place.LEAF_A, router + "10.231.2.0/24 nexthop via 10.231.11.2 nexthop via 10.231.12.2");
        in(Place.LEAF_B, router + "10.231.1.0/24 nexthop via 10.231.21.1 nexthop via 10.231.22.1");
        in(Place.SPINE_1, router + "10.231.1.0/24 via 10.231.11.1; ip route add 10.231.2.0/24 via 10.231.21.2");
        in(Place.SPINE_2, router + "10.231.1.0/24 via 10.231.12.1; ip route add 10.231.2.0/24 via 10.231.22.2");
    }

    private void cable(Place one, String oneAddress, Place other, String otherAddress) throws IOException {
        String oneEnd = cableTo(other);
        String otherEnd = cableTo(one);
        in(
                one,
                "ip link add " + oneEnd + " type veth peer name " + otherEnd + " netns " + pid(other)
                        + " && ip addr add " + oneAddress + "/24 dev " + oneEnd + " && ip link set " + oneEnd + " up");
        in(other, "ip addr add " + otherAddress + "/24 dev " + otherEnd + " && ip link set " + otherEnd + " up");
    }

    /** The interface towards a neighbour. */
    public static String cableTo(Place neighbour) {
        return "to-" + neighbour.name().toLowerCase(Locale.ROOT);
    }

    private NetSpace space(Place place) {
        NetSpace space = spaces.get(place);
        if (space == null) {
            throw new IllegalStateException(place + " was not made");
        }
        return space;
    }

    /** A process that is in the namespace. */
    public long pid(Place place) {
        return space(place).pid();
    }

    /** The words that run a command there. */
    public List<String> entering(Place place) {
        return space(place).entering();
    }

    /** Runs a line of shell there and returns what it wrote. */
    public String in(Place place, String line) throws IOException {
        return space(place).shell(line);
    }

    @Override
    public void close() {
        spaces.values().forEach(NetSpace::close);
    }
}
