package dev.mayfly.mesh.topology;

/**
 * A Clos fabric of two or three tiers. Leaves stand in groups of {@code rails}; a host of a group has one card on each of its
 * leaves. With one rail that is the usual fabric of one card for each host; with several it is rail-optimised: cards of
 * equal number meet at one leaf.
 *
 * @param pods groups of leaves and spines; above one they are joined by cores
 * @param leaves of each pod, a multiple of {@code rails}
 * @param spines of each pod; each is linked to each leaf of its pod
 * @param cores to which each spine is linked; spines of equal number share theirs. 0 for two tiers
 * @param hosts of each group of leaves
 */
public record Shape(int pods, int leaves, int spines, int cores, int hosts, int rails) {
    public Shape {
        if (pods < 1 || leaves < 1 || spines < 1 || cores < 0 || hosts < 1 || rails < 1) {
            throw new IllegalArgumentException("nothing may be less than one, but cores");
        }
        if (leaves % rails != 0) {
            throw new IllegalArgumentException(leaves + " leaves do not make groups of " + rails);
        }
        if (pods > 1 != cores > 0) {
            throw new IllegalArgumentException("pods are joined by cores: " + pods + " pods, " + cores + " cores");
        }
    }

    public static Shape twoTiers(int leaves, int spines, int hosts) {
        return new Shape(1, leaves, spines, 0, hosts, 1);
    }

    public static Shape threeTiers(int pods, int leaves, int spines, int cores, int hosts) {
        return new Shape(pods, leaves, spines, cores, hosts, 1);
    }

    public int cards() {
        return pods * leaves * hosts;
    }
}
