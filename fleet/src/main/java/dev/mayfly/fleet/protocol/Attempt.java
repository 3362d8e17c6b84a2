package dev.mayfly.fleet.protocol;

import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.RunnerId;
import java.util.Objects;

/**
 * One try at giving a runner a machine, on one host. A runner has at most one that counts, the one with its present
 * fence; machines, bundles and lines of a journal belong to an attempt and not to a runner.
 */
public record Attempt(RunnerId runner, Fence fence) implements Comparable<Attempt> {
    public Attempt {
        Objects.requireNonNull(runner, "runner");
        Objects.requireNonNull(fence, "fence");
    }

    @Override
    public int compareTo(Attempt other) {
        int byRunner = runner.compareTo(other.runner);
        return byRunner != 0 ? byRunner : fence.compareTo(other.fence);
    }

    /** Also the name of its folder, for example {@code 9f31c2.17}. What stands after the last dot is the fence. */
    @Override
    public String toString() {
        return runner + "." + fence;
    }
}
