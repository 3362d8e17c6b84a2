package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All cards of all agents that count, in an order that depends on nothing else. Immutable. */
public final class Inventory {
    private static final Comparator<IpAddress> BY_BITS = Comparator.comparing(IpAddress::family)
            .thenComparing(IpAddress::high, Long::compareUnsigned)
            .thenComparing(IpAddress::low, Long::compareUnsigned);

    private final Map<IpAddress, Placed> cards = new LinkedHashMap<>();
    private final Map<String, List<Placed>> tors = new TreeMap<>();

    /** A card and where it is. */
    public record Placed(Card card, String agent, String host) {
        public IpAddress address() {
            return card.address();
        }
    }

    /** Of two agents that claim one address, the first in the order of names has it. */
    public static Inventory of(Collection<Registration> registrations) {
        Inventory inventory = new Inventory();
        List<Placed> all = new ArrayList<>();
        registrations.stream()
                .sorted(Comparator.comparing(Registration::agent))
                .forEach(each -> each.cards().forEach(card -> all.add(new Placed(card, each.agent(), each.host()))));
        all.sort(Comparator.comparing(Placed::address, BY_BITS));
        for (Placed placed : all) {
            if (inventory.cards.putIfAbsent(placed.address(), placed) == null) {
                inventory
                        .tors
                        .computeIfAbsent(placed.card().tor(), _ -> new ArrayList<>())
                        .add(placed);
            }
        }
        return inventory;
    }

    public Optional<Placed> find(IpAddress address) {
        return Optional.ofNullable(cards.get(address));
    }

    public Collection<Placed> cards() {
        return java.util.Collections.unmodifiableCollection(cards.values());
    }

    /** In the order of their names. */
    public List<String> tors() {
        return List.copyOf(tors.keySet());
    }

    public List<Placed> at(String tor) {
        return java.util.Collections.unmodifiableList(tors.getOrDefault(tor, List.of()));
    }
}
