package dev.mayfly.mesh.control;

import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.exchange.ServiceFlow;
import dev.mayfly.mesh.exchange.ServicesSeen;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which flows services use now, as agents told it last. Belongs to one thread at a time. */
public final class ServiceBook {
    private static final int MOST_NAMED = 8;

    private final Map<String, ServicesSeen> byAgent = new TreeMap<>();
    private boolean changed;

    /** Takes the place of what the agent told before; it speaks for its own cards. */
    public void tell(Registration agent, ServicesSeen seen) {
        Set<IpAddress> own = agent.cards().stream().map(card -> card.address()).collect(Collectors.toSet());
        ServicesSeen its = new ServicesSeen(
                seen.flows().stream()
                        .filter(each -> own.contains(each.flow().from()))
                        .distinct()
                        .toList(),
                seen.unrouted(),
                seen.missed(),
                seen.portsMissing());
        ServicesSeen before = byAgent.put(agent.agent(), its);
        changed |= before == null ? !its.flows().isEmpty() : !before.flows().equals(its.flows());
    }

    /** Nothing is known of the agent's services until it tells. */
    public void forget(String agent) {
        ServicesSeen before = byAgent.remove(agent);
        changed |= before != null && !before.flows().isEmpty();
    }

    /** Whether flows are others than when this was asked the last time. */
    public boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** Each flow once, in an order that does not depend on who told first. */
    public List<Flow> flows() {
        return byAgent.values().stream()
                .flatMap(seen -> seen.flows().stream())
                .map(ServiceFlow::flow)
                .distinct()
                .toList();
    }

    public int size() {
        return byAgent.values().stream().mapToInt(seen -> seen.flows().size()).sum();
    }

    /** Connections that no probe shares a path with. */
    public long unrouted() {
        return byAgent.values().stream().mapToLong(ServicesSeen::unrouted).sum();
    }

    /** Events that agents did not see. */
    public long missed() {
        return byAgent.values().stream().mapToLong(ServicesSeen::missed).sum();
    }

    /** Source ports that agents could not have. */
    public long portsMissing() {
        return byAgent.values().stream().mapToLong(ServicesSeen::portsMissing).sum();
    }

    /** Who could not have how many, for people. */
    public List<String> shortfalls() {
        List<String> shortfalls = new ArrayList<>();
        byAgent.forEach((agent, seen) -> {
            if (seen.portsMissing() > 0) {
                shortfalls.add("the agent " + agent + " cannot have " + seen.portsMissing()
                        + " source ports of services, because other programs have them: paths of these services are not"
                        + " probed as they are");
            }
        });
        return shortfalls;
    }

    /** Services whose flows cross a component, in words; of many the first, and how many more. */
    public List<String> crossing(int component, FabricMap map, PathBook paths) {
        List<String> names = new ArrayList<>();
        int more = 0;
        for (ServicesSeen seen : byAgent.values()) {
            for (ServiceFlow each : seen.flows()) {
                if (crosses(each.flow(), component, map, paths)) {
                    if (names.size() < MOST_NAMED) {
                        names.add(each.toString());
                    } else {
                        more++;
                    }
                }
            }
        }
        if (more > 0) {
            names.add("and " + more + " more");
        }
        return names;
    }

    private static boolean crosses(Flow flow, int component, FabricMap map, PathBook paths) {
        for (int each : map.roundTrip(flow, paths).orElse(new int[0])) {
            if (each == component) {
                return true;
            }
        }
        return false;
    }
}
