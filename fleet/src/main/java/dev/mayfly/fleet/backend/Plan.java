package dev.mayfly.fleet.backend;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.protocol.Attempt;
import java.util.Objects;

/** What a machine shall be. */
public record Plan(Attempt attempt, RunnerName name, ResourceType type, Identity identity) {
    public Plan {
        Objects.requireNonNull(attempt, "attempt");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(identity, "identity");
    }
}
