package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.ResourceType;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All hosts, in the order in which {@link Scheduler} wants them: gives the same answers, and looks only at those that come
 * before the chosen one and do not fit. Used by one thread.
 */
public final class HostIndex {
    private final Map<AgentId, Host> hosts = new HashMap<>();

    /** Those that can take anything at all. */
    private final TreeSet<Host> open = new TreeSet<>(Scheduler.ROOMIEST_FIRST);

    /** Of these, those with a machine of this size standing ready. */
    private final Map<ResourceType, TreeSet<Host>> warm = new EnumMap<>(ResourceType.class);

    /** @return false when this is known already */
    public boolean put(Host host) {
        Host before = hosts.put(host.id(), host);
        if (host.equals(before)) {
            return false;
        }
        if (before != null) {
            close(before);
        }
        if (Scheduler.isOpen(host)) {
            open.add(host);
            host.offer().warm().forEach((type, count) -> {
                if (count > 0) {
                    warm.computeIfAbsent(type, _ -> new TreeSet<>(Scheduler.ROOMIEST_FIRST))
                            .add(host);
                }
            });
        }
        return true;
    }

    public void remove(AgentId id) {
        Host before = hosts.remove(id);
        if (before != null) {
            close(before);
        }
    }

    private void close(Host host) {
        open.remove(host);
        for (ResourceType type : host.offer().warm().keySet()) {
            TreeSet<Host> standing = warm.get(type);
            if (standing != null) {
                standing.remove(host);
            }
        }
    }

    /** @param avoided hosts that are out of the question */
    public Placement place(Demand demand, Set<AgentId> avoided) {
        return first(warm.get(demand.type()), demand, avoided)
                .or(() -> first(open, demand, avoided))
                .<Placement>map(
                        host -> new Placement.Chosen(host.id(), host.offer().warm(demand.type()) > 0))
                // Somebody wants to know why not, of each host.
                .orElseGet(() -> Scheduler.place(
                        demand,
                        hosts.values().stream()
                                .filter(host -> !avoided.contains(host.id()))
                                .toList()));
    }

    private static Optional<Host> first(@Nullable Collection<Host> inOrder, Demand demand, Set<AgentId> avoided) {
        if (inOrder != null) {
            for (Host host : inOrder) {
                if (!avoided.contains(host.id())
                        && Scheduler.refusal(demand, host).isEmpty()) {
                    return Optional.of(host);
                }
            }
        }
        return Optional.empty();
    }
}
