package dev.mayfly.mesh.control;

import dev.mayfly.mesh.analyze.Hosts;
import dev.mayfly.mesh.control.Inventory.Placed;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The fabric that registered cards and learned paths show: leaves are what cards say, spines are what paths between leaves
 * cross in their middle. Paths of three tiers are not told apart yet: such a flow crosses its cards and leaves only. Immutable.
 */
public final class FabricMap {
    private static final int HOPS_BETWEEN_LEAVES = 3;

    private final Fabric fabric;
    private final Map<IpAddress, Integer> cards = new HashMap<>();
    private final Map<Integer, Placed> placed = new HashMap<>();
    /** By card: which host it is in; a place without a card is a host of its own. */
    private final int[] hostOf;

    private final int hostCount;
    private final Map<IpAddress, Integer> spines = new TreeMap<>(java.util.Comparator.comparing(IpAddress::toString));
    private final List<IpAddress> spineAddresses;
    private final List<String> leaves;
    private final Map<IpAddress, String> names;
    /** Which leaf answers with an address: the first switch on the way of its cards. */
    private final Map<IpAddress, Integer> leafAddresses = new HashMap<>();

    /** What a component is called, and what it is. */
    public record Component(String name, String kind, List<IpAddress> cards) {
        public Component {
            cards = List.copyOf(cards);
        }
    }

    private FabricMap(Inventory inventory, PathBook paths, Map<IpAddress, String> names) {
        this.names = Map.copyOf(names);
        leaves = inventory.tors();
        for (List<IpAddress> hops : paths.all().values()) {
            if (hops.size() == HOPS_BETWEEN_LEAVES) {
                spines.put(hops.get(1), 0);
            }
        }
        spineAddresses = List.copyOf(spines.keySet());
        for (int i = 0; i < spineAddresses.size(); i++) {
            spines.put(spineAddresses.get(i), i);
        }
        int hosts = leaves.stream()
                .mapToInt(leaf -> inventory.at(leaf).size())
                .max()
                .orElse(1);
        fabric = new Fabric(
                Shape.twoTiers(Math.max(1, leaves.size()), Math.max(1, spines.size()), Math.max(1, hosts)), 0);
        for (int leaf = 0; leaf < leaves.size(); leaf++) {
            List<Placed> here = inventory.at(leaves.get(leaf));
            for (int n = 0; n < here.size(); n++) {
                cards.put(here.get(n).address(), fabric.cardOf(leaf, n));
                placed.put(fabric.cardOf(leaf, n), here.get(n));
            }
        }
        Map<String, Integer> hostNumbers = new HashMap<>();
        hostOf = new int[fabric.cards()];
        int further = placed.size();
        for (int card = 0; card < hostOf.length; card++) {
            Placed here = placed.get(card);
            hostOf[card] = here == null ? further++ : hostNumbers.computeIfAbsent(here.host(), _ -> hostNumbers.size());
        }
        hostCount = further;
        paths.all()
                .forEach((flow, hops) ->
                        card(flow.from()).ifPresent(from -> leafAddresses.put(hops.getFirst(), fabric.leafOf(from))));
    }

    /** @param names of switches, by the address that they answer with */
    public static FabricMap of(Inventory inventory, PathBook paths, Map<IpAddress, String> names) {
        return new FabricMap(inventory, paths, names);
    }

    public Fabric fabric() {
        return fabric;
    }

    /** Which cards are in one host: what cards say, not how the fabric is numbered. */
    public Hosts hosts() {
        return new Hosts() {
            @Override
            public int of(int card) {
                return hostOf[card];
            }

            @Override
            public int count() {
                return hostCount;
            }
        };
    }

    public boolean knowsSpines() {
        return !spines.isEmpty();
    }

    public Optional<Integer> card(IpAddress address) {
        return Optional.ofNullable(cards.get(address));
    }

    public java.util.Collection<Placed> cards() {
        return java.util.Collections.unmodifiableCollection(placed.values());
    }

    public Optional<Placed> cardOf(int component) {
        return Optional.ofNullable(placed.get(component));
    }

    /**
     * All that a probe of this flow and its answers cross, each once.
     *
     * @return empty when a card is unknown, or when spines are known and this flow's paths are not both
     */
    public Optional<int[]> roundTrip(Flow flow, PathBook paths) {
        Integer from = cards.get(flow.from());
        Integer to = cards.get(flow.to());
        if (from == null || to == null) {
            return Optional.empty();
        }
        List<Integer> crossed = new ArrayList<>(List.of(from, to));
        int leafFrom = fabric.leafOf(from);
        int leafTo = fabric.leafOf(to);
        add(crossed, fabric.switchNumber(leafFrom));
        add(crossed, fabric.switchNumber(leafTo));
        if (leafFrom != leafTo && knowsSpines()) {
            Optional<List<IpAddress>> there = paths.find(flow);
            Optional<List<IpAddress>> back = paths.find(flow.back());
            if (there.isEmpty() || back.isEmpty() || !leads(there.get(), leafTo) || !leads(back.get(), leafFrom)) {
                return Optional.empty();
            }
            oneWay(leafFrom, leafTo, there.get(), crossed);
            oneWay(leafTo, leafFrom, back.get(), crossed);
        }
        return Optional.of(crossed.stream().mapToInt(Integer::intValue).toArray());
    }

    /** The host at the end does not say that it is one, so a path is whole when it ends at the host's leaf. */
    private boolean leads(List<IpAddress> hops, int leaf) {
        return hops.size() >= HOPS_BETWEEN_LEAVES && leafAddresses.getOrDefault(hops.getLast(), -1) == leaf;
    }

    private void oneWay(int leafFrom, int leafTo, List<IpAddress> hops, List<Integer> crossed) {
        Integer spine = hops.size() == HOPS_BETWEEN_LEAVES ? spines.get(hops.get(1)) : null;
        if (spine == null) {
            return;
        }
        int up = link(leafFrom, spine);
        int down = link(leafTo, spine) + 1;
        add(crossed, up);
        add(crossed, fabric.cableOf(up));
        add(crossed, fabric.switchNumber(leaves.size() + spine));
        add(crossed, down);
        add(crossed, fabric.cableOf(down));
    }

    private static void add(List<Integer> crossed, int component) {
        if (!crossed.contains(component)) {
            crossed.add(component);
        }
    }

    /** From a leaf up to a spine; the number after it is the way down. */
    public int link(int leaf, int spine) {
        return fabric.link(2 * (leaf * fabric.shape().spines() + spine));
    }

    public List<String> leaves() {
        return leaves;
    }

    public int spines() {
        return spines.size();
    }

    /** Whether one of them contains the other. */
    public boolean related(int one, int other) {
        return one == other || fabric.isPartOf(one, other) || fabric.isPartOf(other, one);
    }

    /** The component in words, and the cards that are cut off by it alone. */
    public Component describe(int component) {
        return switch (fabric.kind(component)) {
            case CARD ->
                cardOf(component)
                        .map(card -> new Component(
                                "card " + card.card().device() + " of host " + card.host(),
                                "card",
                                List.of(card.address())))
                        .orElse(new Component(fabric.name(component), "card", List.of()));
            case LINK -> new Component(ends(component, " to "), "link", List.of());
            case CABLE -> {
                int up = fabric.link(2 * (component - fabric.cableOf(fabric.link(0))));
                yield new Component("cable of " + ends(up, " and "), "cable", List.of());
            }
            case SWITCH -> new Component(switchName(component), "switch", at(component));
        };
    }

    private String ends(int link, String between) {
        int[] ends = fabric.ends(link);
        return switchName(ends[0]) + between + switchName(ends[1]);
    }

    private String switchName(int component) {
        int number = component - fabric.switchNumber(0);
        if (number < leaves.size()) {
            return "leaf " + leaves.get(number);
        }
        int spine = number - leaves.size();
        if (spine >= spineAddresses.size()) {
            return fabric.name(component);
        }
        IpAddress address = spineAddresses.get(spine);
        return "spine " + names.getOrDefault(address, address.toString());
    }

    private List<IpAddress> at(int component) {
        int leaf = component - fabric.switchNumber(0);
        return leaf >= leaves.size()
                ? List.of()
                : placed.entrySet().stream()
                        .filter(entry -> fabric.leafOf(entry.getKey()) == leaf)
                        .map(entry -> entry.getValue().address())
                        .toList();
    }
}
