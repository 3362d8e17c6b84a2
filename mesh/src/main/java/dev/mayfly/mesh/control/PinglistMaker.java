package dev.mayfly.mesh.control;

import dev.mayfly.mesh.control.Inventory.Placed;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Pinglist.Target;
import dev.mayfly.mesh.exchange.Pinglist.Trace;
import dev.mayfly.mesh.exchange.ProbeKind;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the lists of all cards. The same cards get the same lists, so that series go on and a change is one.
 *
 * <p>At one leaf all probe all, but a host not itself. Between leaves each card takes its share: the places of all other
 * leaves are dealt out in turn, so that each ordered pair of leaves has a probe, and the same pairs stay.
 */
public final class PinglistMaker {
    /** Of a card that does not say which source ports it has: its own choice. */
    private static final int FIRST_PORT = 0xC000;

    /** Of one card: each needs a socket at both ends. */
    private static final int MOST_SERVICE_FLOWS = 64;

    private final Inventory inventory;
    private final PinglistOptions options;
    private final Map<IpAddress, List<Target>> targets = new LinkedHashMap<>();
    private final Map<IpAddress, Set<Peer>> peers = new LinkedHashMap<>();
    private final Map<IpAddress, Map<IpAddress, Set<Integer>>> traces = new LinkedHashMap<>();
    private final Set<String> shortfalls = new LinkedHashSet<>();

    private PinglistMaker(Inventory inventory, PinglistOptions options) {
        this.inventory = inventory;
        this.options = options;
    }

    /** @param shortfalls what could not be had as asked, for people */
    public record Lists(Map<IpAddress, Pinglist> lists, List<String> shortfalls) {
        public Lists {
            // In the order of the cards, so that what is played with a seed is the same in each process.
            lists = Collections.unmodifiableMap(new LinkedHashMap<>(lists));
            shortfalls = List.copyOf(shortfalls);
        }
    }

    /** @param version of all lists */
    public static Lists make(Inventory inventory, PinglistOptions options, long version) {
        return make(inventory, options, List.of(), version);
    }

    /** @param services flows that services use, which are probed as they are */
    public static Lists make(Inventory inventory, PinglistOptions options, Collection<Flow> services, long version) {
        PinglistMaker maker = new PinglistMaker(inventory, options);
        for (Placed card : inventory.cards()) {
            maker.targets.put(card.address(), new ArrayList<>());
            maker.peers.put(card.address(), new LinkedHashSet<>());
            maker.traces.put(card.address(), new LinkedHashMap<>());
        }
        for (String tor : inventory.tors()) {
            maker.within(inventory.at(tor));
            maker.outOf(tor);
        }
        maker.along(services);
        return maker.lists(version);
    }

    private void within(List<Placed> leaf) {
        for (Placed from : leaf) {
            for (Placed to : leaf) {
                if (!from.host().equals(to.host())) {
                    probe(from, to, ProbeKind.TOR_MESH, ports(from, to, 2, 0));
                }
            }
        }
    }

    /** All pairs from this leaf to others. */
    private void outOf(String tor) {
        List<Placed> leaf = inventory.at(tor);
        List<String> others =
                inventory.tors().stream().filter(each -> !each.equals(tor)).toList();
        if (others.isEmpty()) {
            return;
        }
        int each = Math.max(options.targets(), (others.size() + leaf.size() - 1) / leaf.size());
        int[] pairs = new int[others.size()];
        List<Placed[]> dealt = new ArrayList<>();
        for (int i = 0; i < leaf.size(); i++) {
            Set<IpAddress> taken = new LinkedHashSet<>();
            for (int t = 0; t < each; t++) {
                int place = i * each + t;
                int other = place % others.size();
                List<Placed> there = inventory.at(others.get(other));
                Placed to = there.get((place / others.size() + i) % there.size());
                if (to.address().family() == leaf.get(i).address().family() && taken.add(to.address())) {
                    pairs[other]++;
                    dealt.add(new Placed[] {leaf.get(i), to});
                }
            }
        }
        for (int other = 0; other < others.size(); other++) {
            if (pairs[other] == 0) {
                shortfalls.add("no card at " + tor + " can reach one at " + others.get(other)
                        + ": they are of different versions of IP");
            }
        }
        spread(tor, others, pairs, dealt);
    }

    /** Deals the flows that equation (1) asks for over the pairs of cards of each two leaves. */
    private void spread(String tor, List<String> others, int[] pairs, List<Placed[]> dealt) {
        int wanted = LabelCount.needed(options.paths(), options.coverage());
        int[] before = new int[others.size()];
        int[] flows = new int[others.size()];
        for (Placed[] pair : dealt) {
            int other = others.indexOf(pair[1].card().tor());
            int share = (wanted + pairs[other] - 1) / pairs[other];
            List<Integer> ports = ports(pair[0], pair[1], share, before[other]++);
            flows[other] += ports.size();
            probe(pair[0], pair[1], ProbeKind.INTER_TOR, ports);
        }
        for (int other = 0; other < others.size(); other++) {
            if (pairs[other] > 0 && flows[other] < wanted) {
                shortfalls.add("%s to %s: %d flows cross all of %d paths with probability %.3f; %d are wanted for %s"
                        .formatted(
                                tor,
                                others.get(other),
                                flows[other],
                                options.paths(),
                                LabelCount.probability(options.paths(), flows[other]),
                                wanted,
                                options.coverage()));
            }
        }
    }

    /** So many of the ports that both have, beginning elsewhere for each pair; all when there are fewer. */
    private static List<Integer> ports(Placed from, Placed to, int count, int turn) {
        List<Integer> own = from.card().sourcePorts();
        if (own.isEmpty()) {
            return List.of(FIRST_PORT);
        }
        // Answers go back by the same port, so that their path is one that is learned.
        List<Integer> both = own.stream()
                .filter(port -> to.card().sourcePorts().contains(port))
                .toList();
        List<Integer> usable = both.isEmpty() ? own : both;
        int first = Math.floorMod(turn * count, usable.size());
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < Math.min(count, usable.size()); i++) {
            ports.add(usable.get((first + i) % usable.size()));
        }
        return ports;
    }

    /** The first flows of each card, until there are as many as it has room for at either end. */
    private void along(Collection<Flow> services) {
        Map<IpAddress, Integer> used = new HashMap<>();
        Map<IpAddress, Map<IpAddress, List<Integer>>> ports = new LinkedHashMap<>();
        for (Flow flow : services) {
            Optional<Placed> from = inventory.find(flow.from());
            Optional<Placed> to = inventory.find(flow.to());
            if (from.isEmpty()
                    || to.isEmpty()
                    || from.get().host().equals(to.get().host())) {
                continue;
            }
            if (used.getOrDefault(flow.from(), 0) >= MOST_SERVICE_FLOWS
                    || used.getOrDefault(flow.to(), 0) >= MOST_SERVICE_FLOWS) {
                shortfalls.add("more than " + MOST_SERVICE_FLOWS + " flows of services end at " + flow.from() + " or "
                        + flow.to() + "; the others are not probed on their own paths");
                continue;
            }
            used.merge(flow.from(), 1, Integer::sum);
            used.merge(flow.to(), 1, Integer::sum);
            ports.computeIfAbsent(flow.from(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(flow.to(), _ -> new ArrayList<>())
                    .add(flow.sourcePort());
        }
        ports.forEach((from, targets) -> targets.forEach((to, each) ->
                probe(inventory.find(from).orElseThrow(), inventory.find(to).orElseThrow(), ProbeKind.SERVICE, each)));
    }

    private double rate(ProbeKind kind, List<Integer> ports) {
        return switch (kind) {
            case TOR_MESH -> options.torMesh();
            case INTER_TOR -> options.interTor();
            case SERVICE -> options.service() * ports.size();
        };
    }

    private void probe(Placed from, Placed to, ProbeKind kind, List<Integer> ports) {
        if (from.address().family() != to.address().family()) {
            return;
        }
        double rate = rate(kind, ports);
        list(targets, from).add(new Target(to.card().peer(), kind, ports, rate));
        list(peers, from).add(to.card().peer());
        list(peers, to).add(from.card().peer());
        // Also asks the other end to have the port, so that answers come back by it.
        if (kind != ProbeKind.TOR_MESH) {
            list(traces, from)
                    .computeIfAbsent(to.address(), _ -> new LinkedHashSet<>())
                    .addAll(ports);
            list(traces, to)
                    .computeIfAbsent(from.address(), _ -> new LinkedHashSet<>())
                    .addAll(ports);
        }
    }

    private static <T> T list(Map<IpAddress, T> lists, Placed card) {
        return java.util.Objects.requireNonNull(lists.get(card.address()));
    }

    private Lists lists(long version) {
        Map<IpAddress, Pinglist> made = new LinkedHashMap<>();
        for (Placed card : inventory.cards()) {
            List<Trace> toLearn = new ArrayList<>();
            list(traces, card).forEach((address, ports) -> toLearn.add(new Trace(address, List.copyOf(ports))));
            made.put(
                    card.address(),
                    new Pinglist(
                            card.address(), version, list(targets, card), List.copyOf(list(peers, card)), toLearn));
        }
        return new Lists(made, List.copyOf(shortfalls));
    }
}
