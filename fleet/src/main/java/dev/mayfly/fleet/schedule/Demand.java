package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import java.util.Set;

/** What a runner needs of its host. */
public record Demand(ResourceType type, Set<Label> labels) {
    public Demand {
        labels = Set.copyOf(labels);
    }
}
