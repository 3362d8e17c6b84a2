package dev.mayfly.mesh.demo;

import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Clos fabric of two tiers in words: who has which addresses, and what makes each namespace what it is. Each cable is a /31,
 * or with IPv6 a /127, of its own. A switch answers with one address, whichever way a packet came, so that it is known by it.
 *
 * <pre>
 *  10.201.L.2h+1  host h of leaf L       10.201.L.2h   its leaf         fd00:201:L::2h+1, fd00:201:L::2h
 *  10.202.L.2s    leaf L at spine s      10.202.L.2s+1 the spine        fd00:202:L::2s, fd00:202:L::2s+1
 *  10.203.0.L     leaf L itself          10.203.1.s    spine s itself   fd00:203:0::L, fd00:203:1::s
 * </pre>
 */
public record ClosPlan(int spines, int leaves, int hosts, IpAddress.Family family) {
    /** The card of each host. */
    static final String CARD = "eth0";

    public ClosPlan {
        if (spines < 1 || spines > 64 || leaves < 2 || leaves > 64 || hosts < 1 || hosts > 64) {
            throw new IllegalArgumentException("1 to 64 spines, 2 to 64 leaves, 1 to 64 hosts at each");
        }
    }

    static String host(int leaf, int n) {
        return "H" + leaf + "-" + n;
    }

    static String leaf(int leaf) {
        return "L" + leaf;
    }

    static String spine(int spine) {
        return "S" + spine;
    }

    IpAddress address(int leaf, int n) {
        return IpAddress.parse(place(201, leaf, 2 * n + 1));
    }

    private IpAddress addressOfSpine(int spine) {
        return IpAddress.parse(place(203, 1, spine));
    }

    private boolean v4() {
        return family == IpAddress.Family.IPV4;
    }

    private String place(int kind, int group, int number) {
        return v4()
                ? "10." + kind + "." + group + "." + number
                : "fd00:" + kind + ":" + group + "::" + Integer.toHexString(number);
    }

    /** One end of a cable. */
    private String end(int kind, int group, int number) {
        return place(kind, group, number) + (v4() ? "/31" : "/127") + nodad();
    }

    /** Nobody else has an address, and until it is known that nobody has, it cannot be used. */
    private String nodad() {
        return v4() ? "" : " nodad";
    }

    /** Of one address alone. */
    private String alone(int kind, int group, int number) {
        return place(kind, group, number) + (v4() ? "/32" : "/128");
    }

    private String hostsOf(int leaf) {
        return v4() ? "10.201." + leaf + ".0/24" : "fd00:201:" + leaf + "::/64";
    }

    /** By the address that they answer with. */
    Map<IpAddress, String> switchNames() {
        Map<IpAddress, String> names = new HashMap<>();
        for (int s = 0; s < spines; s++) {
            names.put(addressOfSpine(s), spine(s));
        }
        return names;
    }

    /** All namespaces. */
    List<String> namespaces() {
        List<String> all = new ArrayList<>();
        for (int l = 0; l < leaves; l++) {
            all.add(leaf(l));
            for (int h = 0; h < hosts; h++) {
                all.add(host(l, h));
            }
        }
        for (int s = 0; s < spines; s++) {
            all.add(spine(s));
        }
        return all;
    }

    /** What a switch is told, beside its interfaces: forward, hash by ports, and answer for every packet that dies. */
    private static final String SWITCH = """
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 1 > /proc/sys/net/ipv4/fib_multipath_hash_policy
            echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
            [ ! -w /proc/sys/net/ipv4/icmp_msgs_per_sec ] || echo 100000 > /proc/sys/net/ipv4/icmp_msgs_per_sec
            if [ -d /proc/sys/net/ipv6 ]; then
                echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
                echo 1 > /proc/sys/net/ipv6/fib_multipath_hash_policy
                echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
            fi
            """;

    /**
     * Switches of real fabrics hash differently, each with a seed. Without one Linux sends an answer back by the very links
     * that the probe came by, and the two ways of a cable cannot be told apart.
     */
    private static String hashing(int seed) {
        return "s=/proc/sys/net/ipv4/fib_multipath_hash_seed; [ ! -w $s ] || echo " + seed + " > $s\n";
    }

    private static final String ALL = """
            set -e
            echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
            echo 0 > /proc/sys/net/ipv4/conf/default/rp_filter
            """;

    /** Makes the cables of a leaf; the other ends go to the namespaces of these processes. */
    String cables(int leaf, Map<String, Long> holders) {
        StringBuilder script =
                new StringBuilder(ALL).append(SWITCH).append(hashing(1 + leaf)).append("ip -batch - <<E\n");
        line(script, "link set lo up");
        line(script, "addr add " + alone(203, 0, leaf) + nodad() + " dev lo");
        for (int h = 0; h < hosts; h++) {
            line(script, "link add h" + h + " type veth peer name " + CARD + " netns " + holders.get(host(leaf, h)));
            line(script, "addr add " + end(201, leaf, 2 * h) + " dev h" + h);
            line(script, "link set h" + h + " up");
        }
        for (int s = 0; s < spines; s++) {
            line(script, "link add s" + s + " type veth peer name l" + leaf + " netns " + holders.get(spine(s)));
            line(script, "addr add " + end(202, leaf, 2 * s) + " dev s" + s);
            line(script, "link set s" + s + " up");
        }
        return script.append("E\n").toString();
    }

    /** The routes of a leaf: to each host, and to other leaves by all spines. */
    String routes(int leaf) {
        StringBuilder script = new StringBuilder("set -e\nip -batch - <<E\n");
        String self = " src " + place(203, 0, leaf);
        for (int h = 0; h < hosts; h++) {
            line(script, "route add " + alone(201, leaf, 2 * h + 1) + " dev h" + h + self);
        }
        for (int other = 0; other < leaves; other++) {
            if (other != leaf) {
                StringBuilder route = new StringBuilder("route add " + hostsOf(other) + self);
                for (int s = 0; s < spines; s++) {
                    route.append(" nexthop via ")
                            .append(place(202, leaf, 2 * s + 1))
                            .append(" dev s")
                            .append(s);
                }
                line(script, route.toString());
            }
        }
        return script.append("E\n").toString();
    }

    String hostScript(int leaf, int n) {
        StringBuilder script = new StringBuilder(ALL).append("ip -batch - <<E\n");
        line(script, "link set lo up");
        line(script, "addr add " + end(201, leaf, 2 * n + 1) + " dev " + CARD);
        line(script, "link set " + CARD + " up");
        line(script, "route add " + (v4() ? "default" : "::/0") + " via " + place(201, leaf, 2 * n));
        return script.append("E\n").toString();
    }

    String spineScript(int spine) {
        StringBuilder script = new StringBuilder(ALL).append(SWITCH).append("ip -batch - <<E\n");
        line(script, "link set lo up");
        line(script, "addr add " + alone(203, 1, spine) + nodad() + " dev lo");
        for (int l = 0; l < leaves; l++) {
            line(script, "addr add " + end(202, l, 2 * spine + 1) + " dev l" + l);
            line(script, "link set l" + l + " up");
            line(
                    script,
                    "route add " + hostsOf(l) + " via " + place(202, l, 2 * spine) + " dev l" + l + " src "
                            + place(203, 1, spine));
        }
        return script.append("E\n").toString();
    }

    private static void line(StringBuilder script, String line) {
        script.append(line).append('\n');
    }
}
