package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a host can take at all. A figure of 0 processors or bytes means that the host did not say; then it is no limit.
 *
 * @param labels what jobs may ask for; a host may have more than a job asks
 * @param types sizes that it takes; none named means all
 * @param warm machines that stand ready, by size
 * @param times how long starts have taken, by template; for people
 */
public record Offer(
        int maxRunners,
        int cpus,
        long memoryBytes,
        Set<Label> labels,
        Set<ResourceType> types,
        Map<ResourceType, Integer> warm,
        List<TemplateTimes> times) {
    public Offer {
        if (maxRunners < 0 || cpus < 0 || memoryBytes < 0) {
            throw new IllegalArgumentException(
                    "a host cannot offer less than nothing: " + maxRunners + ", " + cpus + ", " + memoryBytes);
        }
        labels = Set.copyOf(labels);
        types = Set.copyOf(types);
        warm = Map.copyOf(warm);
        times = List.copyOf(times);
    }

    /** Of a host that has started nothing. */
    public Offer(
            int maxRunners,
            int cpus,
            long memoryBytes,
            Set<Label> labels,
            Set<ResourceType> types,
            Map<ResourceType, Integer> warm) {
        this(maxRunners, cpus, memoryBytes, labels, types, warm, List.of());
    }

    /** As an agent of the replaced system says it: so many runners, of any size. */
    public static Offer of(int maxRunners, int cpus, long memoryBytes) {
        return new Offer(maxRunners, cpus, memoryBytes, Set.of(), Set.of(), Map.of());
    }

    public Offer withWarm(Map<ResourceType, Integer> machines) {
        return new Offer(maxRunners, cpus, memoryBytes, labels, types, machines, times);
    }

    public Offer withTimes(List<TemplateTimes> now) {
        return new Offer(maxRunners, cpus, memoryBytes, labels, types, warm, now);
    }

    public int warm(ResourceType type) {
        return warm.getOrDefault(type, 0);
    }
}
