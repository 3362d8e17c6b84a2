package dev.mayfly.fleet.link;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.schedule.Offer;
import java.util.Optional;

/** How an agent reaches its server. */
@FunctionalInterface
public interface Dial {
    /**
     * @param known the id that the agent was given before
     * @throws dev.mayfly.base.error.MayflyException when there is nobody
     */
    ServerSide dial(Optional<AgentId> known, String hostname, Offer offer, AgentSide agent);
}
