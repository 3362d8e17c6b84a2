package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import java.util.Arrays;

/** One probe, what became of it, and what it crossed. Reused by whoever tells; copy what is needed longer. */
public final class Observation {
    private final int[] components = new int[Fabric.LONGEST_PATH];
    private int crossed;
    private int from;
    private int to;
    private int port;
    private boolean withinLeaf;
    private Verdict verdict = Verdict.OK;

    public void set(Fabric fabric, int fromCard, int toCard, int sourcePort) {
        from = fromCard;
        to = toCard;
        port = sourcePort;
        withinLeaf = fabric.leafOf(fromCard) == fabric.leafOf(toCard);
        crossed = fabric.roundTrip(fromCard, toCard, sourcePort, components);
    }

    /**
     * The same for a path that is known from elsewhere.
     *
     * @param path each component once, at most {@link Fabric#LONGEST_PATH}
     */
    public void set(Fabric fabric, int fromCard, int toCard, int sourcePort, int[] path) {
        from = fromCard;
        to = toCard;
        port = sourcePort;
        withinLeaf = fabric.leafOf(fromCard) == fabric.leafOf(toCard);
        crossed = path.length;
        System.arraycopy(path, 0, components, 0, crossed);
    }

    public void verdict(Verdict what) {
        verdict = what;
    }

    public Verdict verdict() {
        return verdict;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    public int sourcePort() {
        return port;
    }

    public boolean withinLeaf() {
        return withinLeaf;
    }

    public int crossed() {
        return crossed;
    }

    public int component(int i) {
        return components[i];
    }

    /** As an array of its own. */
    public int[] path() {
        return Arrays.copyOf(components, crossed);
    }
}
