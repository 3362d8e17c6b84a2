package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.AgentReport.LearnedPath;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Which switches each flow crosses, as agents learned it. A path that was learned whole stays until another one is; one with
 * a silent switch never takes its place, because losing what is to be learned is what a fault does. Bounded: the flow that
 * was heard of longest ago is forgotten. Belongs to one thread at a time.
 */
public final class PathBook {
    private static final int MOST = 1_000_000;

    private final SequencedMap<Flow, List<IpAddress>> paths = new LinkedHashMap<>();
    private long changes;

    /** @return whether something is known now that was not */
    public boolean learn(LearnedPath path) {
        if (!path.whole() || path.hops().size() > 8) {
            return false;
        }
        List<IpAddress> hops = path.hops().stream().map(Optional::orElseThrow).toList();
        List<IpAddress> before = paths.putLast(path.flow(), hops);
        if (paths.size() > MOST) {
            paths.pollFirstEntry();
        }
        boolean changed = !hops.equals(before);
        changes += changed ? 1 : 0;
        return changed;
    }

    public Optional<List<IpAddress>> find(Flow flow) {
        return Optional.ofNullable(paths.get(flow));
    }

    public Map<Flow, List<IpAddress>> all() {
        return java.util.Collections.unmodifiableMap(paths);
    }

    /** How often anything became known; who has seen this number knows it all. */
    public long changes() {
        return changes;
    }
}
