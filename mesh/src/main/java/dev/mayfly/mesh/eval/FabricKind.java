package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.topology.Shape;
import java.util.Locale;

/** Shapes as they are built, of about as many cards as are asked for. */
public enum FabricKind {
    /** Leaves and spines. */
    TWO,
    /** Pods of leaves and spines, joined by cores. */
    THREE,
    /** Likewise, with eight cards to a host, each on a leaf of its own. */
    RAILS;

    public static final int FEWEST_CARDS = 64;
    public static final int MOST_CARDS = 65_536;

    private static final int RAILS_OF_A_HOST = 8;
    private static final int MOST_SPINES = 32;

    /** As it is typed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @param cards the shape has as many, or a few less where they make no whole number of leaves */
    public Shape shape(int cards) {
        if (cards < FEWEST_CARDS || cards > MOST_CARDS) {
            throw new IllegalArgumentException(cards + " cards");
        }
        int hosts = cards >= 1024 ? 32 : cards >= 256 ? 16 : 8;
        int leaves = cards / hosts;
        return switch (this) {
            case TWO -> Shape.twoTiers(leaves, spines((int) Math.sqrt(cards) / 2), hosts);
            case THREE -> {
                int ofPod = ofPod(leaves, 2);
                yield Shape.threeTiers(Math.max(2, leaves / ofPod), ofPod, spines(ofPod), spines(ofPod), hosts);
            }
            case RAILS -> {
                // A host has eight cards, so a group of eight leaves has an eighth of the hosts.
                int ofPod = Math.max(RAILS_OF_A_HOST, ofPod(leaves, RAILS_OF_A_HOST));
                int pods = Math.max(1, leaves / ofPod);
                int spines = spines(ofPod / 2);
                yield new Shape(pods, ofPod, spines, pods > 1 ? spines : 0, hosts, RAILS_OF_A_HOST);
            }
        };
    }

    /** A power of two near the square root, so that there are about as many pods as leaves in each. */
    private static int ofPod(int leaves, int least) {
        return Math.max(least, Integer.highestOneBit((int) (Math.sqrt(leaves) * Math.sqrt(2))));
    }

    private static int spines(int wanted) {
        return Math.clamp(Integer.highestOneBit(Math.max(1, wanted)), 2, MOST_SPINES);
    }
}
