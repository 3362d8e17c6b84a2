package dev.mayfly.mesh.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A fault as it is made: rules at the places where packets arrive.
 *
 * @param component what should be found, as the controller calls it
 * @param fault as the controller should call it
 * @param places to put rules
 * @param rule for packets that arrive there
 */
record Injection(FaultKind kind, String component, String fault, List<Place> places, String rule) {
    private static final double HALF = 0.5;

    Injection {
        places = List.copyOf(places);
    }

    /** An interface in a namespace, where packets come in. */
    record Place(String namespace, String device) {}

    /** @param loss share of packets, for the kinds that have one */
    static Injection of(FaultKind kind, ClosPlan plan, int leaf, int spine, int host, double loss) {
        String up = "leaf " + ClosPlan.leaf(leaf) + " to spine " + ClosPlan.spine(spine);
        String cable = "cable of leaf " + ClosPlan.leaf(leaf) + " and spine " + ClosPlan.spine(spine);
        Place intoSpine = new Place(ClosPlan.spine(spine), "l" + leaf);
        Place intoLeaf = new Place(ClosPlan.leaf(leaf), "s" + spine);
        String some = String.format(Locale.ROOT, "numgen random mod 1000 < %d ", Math.round(1000 * loss));
        return switch (kind) {
            case DROP -> new Injection(kind, up, "drops", List.of(intoSpine), some + "drop");
            case ONE_WAY -> new Injection(kind, up, "drops", List.of(intoSpine), "drop");
            case DEAD, FLAP -> new Injection(kind, cable, "drops", List.of(intoSpine, intoLeaf), "drop");
            // Bit 320 of UDP is byte 40, within the payload of a probe.
            case CORRUPT ->
                new Injection(
                        kind, up, "corrupts", List.of(intoSpine), "udp dport 4791 " + some + "@th,320,8 set 0x5a");
            case CARD ->
                new Injection(
                        kind,
                        "card " + ClosPlan.CARD + " of host " + ClosPlan.host(leaf, host),
                        "drops",
                        List.of(
                                new Place(ClosPlan.host(leaf, host), ClosPlan.CARD),
                                new Place(ClosPlan.leaf(leaf), "h" + host)),
                        String.format(Locale.ROOT, "numgen random mod 1000 < %d drop", Math.round(1000 * HALF * loss)));
            case SPINE -> {
                List<Place> all = new ArrayList<>();
                for (int l = 0; l < plan.leaves(); l++) {
                    all.add(new Place(ClosPlan.spine(spine), "l" + l));
                }
                yield new Injection(kind, "spine " + ClosPlan.spine(spine), "drops", all, "drop");
            }
            case BUSY -> host(kind, "busy", plan);
            case GONE -> host(kind, "silent", plan);
        };
    }

    /** What happens to a process happens to the last host, whose agent has one of its own. */
    private static Injection host(FaultKind kind, String fault, ClosPlan plan) {
        String host = ClosPlan.host(plan.leaves() - 1, plan.hosts() - 1);
        return new Injection(kind, "host " + host, fault, List.of(), "");
    }

    void begin(Namespaces namespaces) {
        for (Place place : places) {
            String chain = "in_" + place.device();
            namespaces.nft(
                    place.namespace(),
                    "add table netdev mayfly\nadd chain netdev mayfly " + chain + " { type filter hook ingress device "
                            + place.device() + " priority 0; }\nadd rule netdev mayfly " + chain + " " + rule + "\n");
        }
    }

    void end(Namespaces namespaces) {
        places.stream()
                .map(Place::namespace)
                .distinct()
                .forEach(namespace -> namespaces.nft(namespace, "delete table netdev mayfly\n"));
    }
}
