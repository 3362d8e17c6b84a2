package dev.mayfly.fleet.guest;

import dev.mayfly.fleet.runner.GuestState;
import java.util.Objects;

/**
 * How a guest is.
 *
 * @param uptimeSeconds since its kernel started, which for a restored machine was before it was saved; over HTTP since its
 *     agent started
 * @param runnerName what GitHub's runner is called; empty when it has not said so, or nobody asked
 * @param repository for which it works, {@code owner/name}; likewise
 */
public record GuestStatus(GuestState state, double uptimeSeconds, String runnerName, String repository) {
    public GuestStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(runnerName, "runnerName");
        Objects.requireNonNull(repository, "repository");
    }

    public GuestStatus(GuestState state, double uptimeSeconds) {
        this(state, uptimeSeconds, "", "");
    }
}
