package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificate of a set of lists: each one-way link with a probe that crosses it, there or back.
 *
 * @param links by name; empty for one that no probe crosses
 * @param pathsKnown whether the paths of all flows are; a link without a probe has none for sure only then
 * @param shortfalls what is not covered as wanted, for people
 */
public record Coverage(Map<String, Optional<Flow>> links, boolean pathsKnown, List<String> shortfalls) {
    public Coverage {
        links = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(links));
        shortfalls = List.copyOf(shortfalls);
    }

    public boolean whole() {
        return shortfalls.isEmpty() && links.values().stream().allMatch(Optional::isPresent);
    }

    /** @param shortfalls of the lists themselves */
    public static Coverage of(FabricMap map, PathBook paths, Collection<Pinglist> lists, List<String> shortfalls) {
        Fabric fabric = map.fabric();
        Map<Integer, Flow> crossed = new LinkedHashMap<>();
        int unknown = 0;
        int flows = 0;
        for (Pinglist list : lists) {
            for (Pinglist.Target target : list.targets()) {
                for (int port : target.sourcePorts()) {
                    Flow flow = new Flow(list.card(), target.peer().address(), port);
                    flows++;
                    Optional<int[]> path = map.roundTrip(flow, paths);
                    unknown += path.isPresent() ? 0 : 1;
                    for (int component : path.orElse(new int[0])) {
                        crossed.putIfAbsent(component, flow);
                    }
                }
            }
        }
        Map<String, Optional<Flow>> links = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>(shortfalls);
        for (int i = 0; map.knowsSpines() && i < fabric.links(); i++) {
            String name = map.describe(fabric.link(i)).name();
            Optional<Flow> flow = Optional.ofNullable(crossed.get(fabric.link(i)));
            links.put(name, flow);
            if (flow.isEmpty()) {
                missing.add("no probe crosses " + name);
            }
        }
        if (!map.knowsSpines() && map.leaves().size() > 1) {
            missing.add("no path between leaves is known yet: faults are told by card and leaf only");
        }
        if (unknown > 0) {
            missing.add("the paths of " + unknown + " of " + flows + " flows are not known yet");
        }
        return new Coverage(links, unknown == 0 && map.knowsSpines(), missing);
    }
}
