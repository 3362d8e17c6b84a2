package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Puts a fault of a kind somewhere in a fabric. */
final class FaultMaker {
    private static final int BLACK_HOLE_FLOWS = 16;

    private final Fabric fabric;
    private final Random random;

    FaultMaker(Fabric fabric, Random random) {
        this.fabric = fabric;
        this.random = random;
    }

    Fault make(FaultKind kind) {
        return switch (kind) {
            case LINK_DEAD -> bothWays(kind, 1, Verdict.LOST, 0);
            case LINK_ONE_WAY -> {
                Set<Integer> link = Set.of(anyLink());
                yield new Fault(kind, link, 1, Verdict.LOST, 0, 1, Set.copyOf(withCables(link)));
            }
            case LINK_HALF -> bothWays(kind, 0.5, Verdict.LOST, 0);
            case LINK_TENTH -> bothWays(kind, 0.1, Verdict.LOST, 0);
            case LINK_TWENTIETH -> bothWays(kind, 0.05, Verdict.LOST, 0);
            case LINK_HUNDREDTH -> bothWays(kind, 0.01, Verdict.LOST, 0);
            case LINK_THOUSANDTH -> bothWays(kind, 0.001, Verdict.LOST, 0);
            case LINK_CORRUPTS -> bothWays(kind, 0.1, Verdict.CORRUPT, 0);
            case LINK_FLAPS -> bothWays(kind, 1, Verdict.LOST, flap());
            case CARD_DOWN -> loses(kind, anyCard(), 1);
            case CARD_TENTH -> loses(kind, anyCard(), 0.1);
            case CARD_FIFTIETH -> loses(kind, anyCard(), 0.02);
            case CARD_FLAPS -> {
                Set<Integer> card = Set.of(anyCard());
                yield new Fault(kind, card, 1, Verdict.LOST, flap(), 1, card);
            }
            case SWITCH_DEAD -> loses(kind, aboveLeaves(), 1);
            case LEAF_DEAD -> loses(kind, fabric.switchNumber(random.nextInt(fabric.leaves())), 1);
            case SWITCH_TENTH -> loses(kind, fabric.switchNumber(random.nextInt(fabric.switches())), 0.1);
            case LINE_CARD -> lineCard(kind);
            case BLACK_HOLE -> {
                Set<Integer> at = Set.of(fabric.switchNumber(random.nextInt(fabric.switches())));
                yield new Fault(kind, at, 1, Verdict.LOST, 0, BLACK_HOLE_FLOWS, at);
            }
        };
    }

    private Fault loses(FaultKind kind, int component, double loss) {
        return new Fault(kind, Set.of(component), loss, Verdict.LOST, 0, 1, Set.of(component));
    }

    private Fault bothWays(FaultKind kind, double loss, Verdict becomes, int flapMillis) {
        int link = anyLink();
        Set<Integer> both = Set.of(link, fabric.opposite(link));
        return new Fault(kind, both, loss, becomes, flapMillis, 1, Set.copyOf(withCables(both)));
    }

    /** Naming the switch is as right as naming a link of the half that is dead. */
    private Fault lineCard(FaultKind kind) {
        Shape shape = fabric.shape();
        int spine = fabric.switchNumber(fabric.leaves() + random.nextInt(shape.pods() * shape.spines()));
        Set<Integer> links = new HashSet<>();
        int half = random.nextInt(2);
        for (int i = 0; i < fabric.links(); i += 2) {
            int[] ends = fabric.ends(fabric.link(i));
            if (ends[1] == spine && ends[0] % 2 == half) {
                links.add(fabric.link(i));
                links.add(fabric.link(i + 1));
            }
        }
        Set<Integer> truth = withCables(links);
        truth.add(spine);
        return new Fault(kind, Set.copyOf(links), 1, Verdict.LOST, 0, 1, Set.copyOf(truth));
    }

    private Set<Integer> withCables(Set<Integer> links) {
        Set<Integer> all = new HashSet<>(links);
        links.forEach(link -> all.add(fabric.cableOf(link)));
        return all;
    }

    private int flap() {
        return 250 + random.nextInt(3000);
    }

    private int anyCard() {
        return random.nextInt(fabric.cards());
    }

    private int anyLink() {
        return fabric.link(random.nextInt(fabric.links()));
    }

    private int aboveLeaves() {
        return fabric.switchNumber(fabric.leaves() + random.nextInt(fabric.switches() - fabric.leaves()));
    }
}
