package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.ResourceType;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses a host.
 *
 * <p>Number of runners and memory are never promised twice. Processors are: machines wait most of the time, and a host
 * that has fewer than one machine wants refuses it as a whole. Of the hosts that fit, one with a machine of this size
 * standing ready comes first, then the one that is least full, then the one with most memory free, then the lesser id,
 * so that the same fleet gives the same answer in whatever order it is told.
 */
public final class Scheduler {
    /** Whatever is wanted: the least full first. For hosts that are {@link #isOpen}. */
    static final Comparator<Host> ROOMIEST_FIRST = ((Comparator<Host>) Scheduler::byFullness)
            .thenComparingLong(host -> host.memoryTaken() - host.offer().memoryBytes())
            .thenComparing(Host::id);

    private Scheduler() {}

    /** Whether there is a wish that this host could take. */
    static boolean isOpen(Host host) {
        return host.health() == Health.ONLINE
                && !host.draining()
                && host.runners() < host.offer().maxRunners();
    }

    public static Placement place(Demand demand, Collection<Host> hosts) {
        Map<Refusal, Integer> refusals = new EnumMap<>(Refusal.class);
        Comparator<Host> better = better(demand.type());
        Optional<Host> best = Optional.empty();
        for (Host host : hosts) {
            Optional<Refusal> refusal = refusal(demand, host);
            if (refusal.isPresent()) {
                refusals.merge(refusal.get(), 1, Integer::sum);
            } else if (best.isEmpty() || better.compare(host, best.get()) < 0) {
                best = Optional.of(host);
            }
        }
        return best.<Placement>map(
                        host -> new Placement.Chosen(host.id(), host.offer().warm(demand.type()) > 0))
                .orElseGet(() -> new Placement.Nowhere(refusals));
    }

    /** Why this host cannot take it, if it cannot. */
    public static Optional<Refusal> refusal(Demand demand, Host host) {
        Offer offer = host.offer();
        ResourceType type = demand.type();
        if (host.health() != Health.ONLINE) {
            return Optional.of(Refusal.SILENT);
        }
        if (host.draining()) {
            return Optional.of(Refusal.DRAINING);
        }
        if (!offer.labels().containsAll(demand.labels())) {
            return Optional.of(Refusal.LABELS);
        }
        if (!offer.types().isEmpty() && !offer.types().contains(type)) {
            return Optional.of(Refusal.TYPE);
        }
        if (offer.cpus() > 0 && offer.cpus() < type.cpus()
                || offer.memoryBytes() > 0 && offer.memoryBytes() < type.memoryBytes()) {
            return Optional.of(Refusal.TOO_SMALL);
        }
        if (host.runners() >= offer.maxRunners()) {
            return Optional.of(Refusal.FULL);
        }
        if (offer.memoryBytes() > 0 && offer.memoryBytes() - host.memoryTaken() < type.memoryBytes()) {
            return Optional.of(Refusal.MEMORY);
        }
        return Optional.empty();
    }

    private static Comparator<Host> better(ResourceType type) {
        return Comparator.comparingInt((Host host) -> host.offer().warm(type) > 0 ? 0 : 1)
                .thenComparing(ROOMIEST_FIRST);
    }

    /** Crosswise, because fractions of integers would round. Hosts without any room never come here. */
    private static int byFullness(Host one, Host other) {
        return Long.compare(
                (long) one.runners() * other.offer().maxRunners(),
                (long) other.runners() * one.offer().maxRunners());
    }
}
