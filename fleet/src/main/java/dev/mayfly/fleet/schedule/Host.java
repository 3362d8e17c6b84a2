package dev.mayfly.fleet.schedule;

import dev.mayfly.fleet.api.AgentId;
import java.util.Objects;

/**
 * One host as the scheduler sees it.
 *
 * @param draining whether it shall get nothing new, because somebody said so
 * @param runners how many it holds, from placement to the proof that they are gone
 * @param memoryTaken bytes that these were promised
 */
public record Host(AgentId id, Health health, boolean draining, Offer offer, int runners, long memoryTaken) {
    public Host {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(offer, "offer");
        if (runners < 0 || memoryTaken < 0) {
            throw new IllegalArgumentException("a host cannot hold less than nothing: " + runners + ", " + memoryTaken);
        }
    }
}
