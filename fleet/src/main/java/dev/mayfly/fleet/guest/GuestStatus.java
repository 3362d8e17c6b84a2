package dev.mayfly.fleet.guest;

import dev.mayfly.fleet.runner.GuestState;
import java.util.Objects;

/**
 * How a guest is.
 *
 * @param uptimeSeconds since its kernel started, which for a restored machine was before it was saved
 */
public record GuestStatus(GuestState state, double uptimeSeconds) {
    public GuestStatus {
        Objects.requireNonNull(state, "state");
    }
}
