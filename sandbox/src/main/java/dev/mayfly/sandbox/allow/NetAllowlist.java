package dev.mayfly.sandbox.allow;

import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetGrant;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A list of rules of which one must permit a destination.
 *
 * <p>The intersection of two lists is again a list, of all pairwise intersections: names nest, blocks nest, port ranges
 * overlap, so two rules always meet in one rule or in nothing. It permits exactly what both lists permit.
 *
 * @param exact what of the rules names one address in every list that went into this one. A single address that is the
 *     meeting of a wide block and a single address is not among them
 */
public record NetAllowlist(List<NetRule> rules, List<NetRule> exact, NetCaps caps) implements NetGrant {
    public NetAllowlist {
        rules = List.copyOf(new LinkedHashSet<>(rules));
        exact = List.copyOf(new LinkedHashSet<>(exact));
    }

    public NetAllowlist(List<NetRule> rules, NetCaps caps) {
        this(rules, rules.stream().filter(NetAllowlist::namesOneAddress).toList(), caps);
    }

    private static boolean namesOneAddress(NetRule rule) {
        return rule instanceof NetRule.Block block && block.block().isSingle();
    }

    public static NetAllowlist of(Collection<NetRule> rules) {
        return new NetAllowlist(List.copyOf(rules), NetCaps.STANDARD);
    }

    public NetAllowlist intersect(NetAllowlist other) {
        return new NetAllowlist(meeting(rules, other.rules), meeting(exact, other.exact), caps);
    }

    private static List<NetRule> meeting(List<NetRule> some, List<NetRule> others) {
        Set<NetRule> common = new LinkedHashSet<>();
        for (NetRule mine : some) {
            for (NetRule theirs : others) {
                mine.intersect(theirs).ifPresent(common::add);
            }
        }
        return List.copyOf(common);
    }

    /**
     * The rules of {@code asked} that this list does not give in full. A rule counts as given when rules that each
     * reach all its destinations have all its ports between them; two half blocks do not add up to a whole one.
     */
    public List<NetRule> notGiven(Collection<NetRule> asked) {
        return asked.stream().filter(rule -> !gives(rule)).toList();
    }

    private boolean gives(NetRule asked) {
        List<PortRange> ports = new ArrayList<>();
        for (NetRule rule : rules) {
            if (rule.reachesAllOf(asked)) {
                ports.add(rule.ports());
            }
        }
        int next = asked.ports().first();
        boolean advanced = true;
        while (advanced && next <= asked.ports().last()) {
            advanced = false;
            for (PortRange range : ports) {
                if (range.contains(next)) {
                    next = range.last() + 1;
                    advanced = true;
                }
            }
        }
        return next > asked.ports().last();
    }

    @Override
    public boolean deniesAll() {
        return rules.isEmpty();
    }

    @Override
    public boolean permitsName(String host, int port) {
        return rules.stream().anyMatch(rule -> names(rule, host) && rule.ports().contains(port));
    }

    @Override
    public boolean permitsLookup(String host) {
        return rules.stream().anyMatch(rule -> names(rule, host));
    }

    private static boolean names(NetRule rule, String host) {
        return switch (rule) {
            case NetRule.Host exact -> exact.name().equals(host);
            case NetRule.Suffix suffix -> suffix.covers(host);
            case NetRule.Block _ -> false;
        };
    }

    @Override
    public boolean permitsAddress(InetAddress address, int port) {
        return anyCovers(rules, address, port);
    }

    @Override
    public boolean namesAddress(InetAddress address, int port) {
        return anyCovers(exact, address, port);
    }

    private static boolean anyCovers(List<NetRule> rules, InetAddress address, int port) {
        return rules.stream()
                .anyMatch(rule -> rule instanceof NetRule.Block block
                        && block.covers(address)
                        && block.ports().contains(port));
    }

    @Override
    public boolean permitsSomeAddress() {
        return rules.stream().anyMatch(rule -> rule instanceof NetRule.Block);
    }

    /** Only blocks that lie wholly in loopback count: {@code 0.0.0.0/0} is no wish to reach the host's services. */
    @Override
    public Set<Integer> loopbackPorts() {
        Set<Integer> ports = new TreeSet<>();
        for (NetRule rule : rules) {
            if (rule instanceof NetRule.Block block && block.block().isLoopback()) {
                for (int port = block.ports().first(); port <= block.ports().last(); port++) {
                    ports.add(port);
                }
            }
        }
        return Set.copyOf(ports);
    }
}
