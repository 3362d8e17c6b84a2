package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.AgentReport.LearnedPath;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A fabric as its agents would tell of it: one agent and card for each host, and paths by a hash of the flow. */
public record Clos(int spines, int leaves, int hosts, int ports) {
    public static IpAddress card(int leaf, int host) {
        return IpAddress.parse("10.1." + leaf + "." + (host + 1));
    }

    public static IpAddress leaf(int leaf) {
        return IpAddress.parse("10.2.0." + leaf);
    }

    public static IpAddress spine(int spine) {
        return IpAddress.parse("10.3.0." + spine);
    }

    public static String agent(int leaf, int host) {
        return "H" + leaf + "-" + host;
    }

    public static int queuePair(int leaf, int host) {
        return 1000 + leaf * 100 + host;
    }

    public Registration registration(int leaf, int host) {
        List<Integer> own = IntStream.range(0, ports).mapToObj(i -> 0xC000 + i).toList();
        Card card = new Card(card(leaf, host), queuePair(leaf, host), 1, "eth0", "L" + leaf, own);
        return new Registration(agent(leaf, host), agent(leaf, host), List.of(card));
    }

    public List<Registration> registrations() {
        List<Registration> all = new ArrayList<>();
        for (int leaf = 0; leaf < leaves; leaf++) {
            for (int host = 0; host < hosts; host++) {
                all.add(registration(leaf, host));
            }
        }
        return all;
    }

    public Inventory inventory() {
        return Inventory.of(registrations());
    }

    static int leafOf(IpAddress card) {
        return (int) (card.low() >> 8) & 0xFF;
    }

    /** Not the same there and back, as switches with seeds of their own have it. */
    public int spineOf(Flow flow) {
        long mixed = flow.from().low() * 0x9E3779B97F4A7C15L
                ^ Long.rotateLeft(flow.to().low() * 0xBF58476D1CE4E5B9L, 17);
        mixed = (mixed ^ mixed >>> 29 ^ flow.sourcePort()) * 0x94D049BB133111EBL;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 32, spines);
    }

    public LearnedPath path(Flow flow) {
        int from = leafOf(flow.from());
        int to = leafOf(flow.to());
        List<Optional<IpAddress>> hops = from == to
                ? List.of(Optional.of(leaf(from)))
                : List.of(Optional.of(leaf(from)), Optional.of(spine(spineOf(flow))), Optional.of(leaf(to)));
        return new LearnedPath(flow, hops);
    }
}
