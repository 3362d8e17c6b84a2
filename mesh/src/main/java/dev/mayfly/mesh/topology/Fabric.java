package dev.mayfly.mesh.topology;

/**
 * A fabric with its components numbered: first all cards (each with its cable to its leaf), then the links between switches,
 * each one way, then the cables of which each is two links, then the switches. A cable is a component of its own, because
 * what breaks it mostly breaks both ways, and then no one-way link explains all that is lost. Paths are those of hashing by source, target and source port (ECMP).
 */
public final class Fabric {
    /** There and back through three tiers: two cards, four links, as many cables and five switches each way. */
    public static final int LONGEST_PATH = 2 + 2 * (4 + 4 + 5);

    private final Shape shape;
    private final int cards;
    private final int leafLinks;
    private final int firstCable;
    private final int firstSwitch;
    private final int leafSwitches;
    private final int spineSwitches;
    private final int components;
    private final long seed;

    /** What a component is. */
    public enum Kind {
        CARD,
        LINK,
        CABLE,
        SWITCH
    }

    /** @param seed of the switches' hashing */
    public Fabric(Shape shape, long seed) {
        this.shape = shape;
        this.seed = seed;
        cards = shape.cards();
        leafSwitches = shape.pods() * shape.leaves();
        spineSwitches = shape.pods() * shape.spines();
        leafLinks = 2 * leafSwitches * shape.spines();
        firstCable = cards + leafLinks + 2 * spineSwitches * shape.cores();
        firstSwitch = firstCable + (firstCable - cards) / 2;
        components = firstSwitch + leafSwitches + spineSwitches + shape.spines() * shape.cores();
    }

    public Shape shape() {
        return shape;
    }

    public int cards() {
        return cards;
    }

    public int components() {
        return components;
    }

    public int links() {
        return firstCable - cards;
    }

    public int switches() {
        return components - firstSwitch;
    }

    public int leaves() {
        return leafSwitches;
    }

    public int hostOf(int card) {
        return card / shape.rails();
    }

    /** Leaves are counted over all pods. */
    public int leafOf(int card) {
        int rail = card % shape.rails();
        int group = hostOf(card) / shape.hosts();
        return group * shape.rails() + rail;
    }

    /** The n-th card of a leaf, 0 to {@code hosts - 1}. */
    public int cardOf(int leaf, int n) {
        int group = leaf / shape.rails();
        return (group * shape.hosts() + n) * shape.rails() + leaf % shape.rails();
    }

    public Kind kind(int component) {
        if (component < firstCable) {
            return component < cards ? Kind.CARD : Kind.LINK;
        }
        return component < firstSwitch ? Kind.CABLE : Kind.SWITCH;
    }

    public int link(int number) {
        return cards + number;
    }

    public int switchNumber(int number) {
        return firstSwitch + number;
    }

    /** The cable that a link is one way of. */
    public int cableOf(int link) {
        return firstCable + (link - cards >> 1);
    }

    /** The same cable in the other direction. */
    public int opposite(int link) {
        return cards + (link - cards ^ 1);
    }

    /** Which switches a link joins: from, to. */
    public int[] ends(int link) {
        int number = (link - cards) >> 1;
        boolean up = (link - cards & 1) == 0;
        int low;
        int high;
        if (link - cards < leafLinks) {
            int leaf = number / shape.spines();
            low = firstSwitch + leaf;
            high = spine(leaf / shape.leaves(), number % shape.spines());
        } else {
            int above = number - leafLinks / 2;
            int spine = above / shape.cores();
            low = firstSwitch + leafSwitches + spine;
            high = core(spine % shape.spines(), above % shape.cores());
        }
        return up ? new int[] {low, high} : new int[] {high, low};
    }

    /** Whether every probe that crosses the first also crosses the second, which is more than the first. */
    public boolean isPartOf(int component, int whole) {
        return switch (kind(component)) {
            case CARD -> whole == firstSwitch + leafOf(component);
            case LINK -> whole == cableOf(component) || joins(component, whole);
            case CABLE -> joins(cards + 2 * (component - firstCable), whole);
            case SWITCH -> false;
        };
    }

    private boolean joins(int link, int theSwitch) {
        int[] ends = ends(link);
        return ends[0] == theSwitch || ends[1] == theSwitch;
    }

    public String name(int component) {
        return switch (kind(component)) {
            case CARD -> "card " + component % shape.rails() + " of host " + hostOf(component);
            case LINK -> name(ends(component)[0]) + " to " + name(ends(component)[1]);
            case CABLE -> {
                int up = cards + 2 * (component - firstCable);
                yield "cable of " + name(ends(up)[0]) + " and " + name(ends(up)[1]);
            }
            case SWITCH -> {
                int number = component - firstSwitch;
                if (number < leafSwitches) {
                    yield "leaf " + number;
                }
                number -= leafSwitches;
                yield number < spineSwitches ? "spine " + number : "core " + (number - spineSwitches);
            }
        };
    }

    /**
     * Every component that a probe and its answers cross, each once.
     *
     * @param out room for {@link #LONGEST_PATH}
     * @return how many
     */
    public int roundTrip(int from, int to, int sourcePort, int[] out) {
        int leafFrom = leafOf(from);
        int leafTo = leafOf(to);
        out[0] = from;
        out[1] = to;
        out[2] = firstSwitch + leafFrom;
        if (leafFrom == leafTo) {
            return 3;
        }
        out[3] = firstSwitch + leafTo;
        int there = oneWay(from, to, leafFrom, leafTo, sourcePort, out, 4);
        int back = oneWay(to, from, leafTo, leafFrom, sourcePort, out, there);
        return withoutDoubles(out, there, back);
    }

    /** Links, cables and switches above the leaves. */
    private int oneWay(int from, int to, int leafFrom, int leafTo, int sourcePort, int[] out, int at) {
        int podFrom = leafFrom / shape.leaves();
        int podTo = leafTo / shape.leaves();
        long flow = mix(seed ^ (long) from << 34 ^ (long) to << 16 ^ sourcePort);
        int spine = (int) Long.remainderUnsigned(flow, shape.spines());
        int end = at;
        end = link(leafLink(leafFrom, spine), out, end);
        out[end++] = spine(podFrom, spine);
        if (podFrom != podTo) {
            int core = (int) Long.remainderUnsigned(mix(flow), shape.cores());
            end = link(coreLink(podFrom, spine, core), out, end);
            out[end++] = core(spine, core);
            end = link(coreLink(podTo, spine, core) + 1, out, end);
            out[end++] = spine(podTo, spine);
        }
        return link(leafLink(leafTo, spine) + 1, out, end);
    }

    private int link(int link, int[] out, int at) {
        out[at] = link;
        out[at + 1] = cableOf(link);
        return at + 2;
    }

    private static int withoutDoubles(int[] out, int there, int end) {
        int kept = there;
        for (int i = there; i < end; i++) {
            boolean seen = false;
            for (int j = 4; j < there && !seen; j++) {
                seen = out[j] == out[i];
            }
            if (!seen) {
                out[kept++] = out[i];
            }
        }
        return kept;
    }

    /** Up; the number after it is down. */
    private int leafLink(int leaf, int spine) {
        return cards + 2 * (leaf * shape.spines() + spine);
    }

    private int coreLink(int pod, int spine, int core) {
        return cards + leafLinks + 2 * ((pod * shape.spines() + spine) * shape.cores() + core);
    }

    private int spine(int pod, int spine) {
        return firstSwitch + leafSwitches + pod * shape.spines() + spine;
    }

    private int core(int spine, int core) {
        return firstSwitch + leafSwitches + spineSwitches + spine * shape.cores() + core;
    }

    /** The finisher of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
