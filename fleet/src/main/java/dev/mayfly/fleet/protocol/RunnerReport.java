package dev.mayfly.fleet.protocol;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.runner.RunnerState;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an agent knows of one attempt.
 *
 * @param address once it is ready
 * @param reason why it failed or is being destroyed; empty when it was told to
 * @param exitCode of the script, when it came to its end
 */
public record RunnerReport(
        Attempt attempt,
        RunnerState state,
        ResourceType type,
        Optional<Address> address,
        String reason,
        OptionalInt exitCode) {
    public RunnerReport {
        Objects.requireNonNull(attempt, "attempt");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exitCode, "exitCode");
    }
}
