package dev.mayfly.fleet.protocol;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.schedule.Offer;
import java.util.List;
import java.util.Objects;

/**
 * All that an agent has, at one moment.
 *
 * @param session which of its connections it speaks through, as the server has numbered them
 * @param number of the report in this session, from 1: an earlier one that comes later says nothing
 * @param offer what the host can take at all, which may have changed
 */
public record AgentReport(
        AgentId agent, long session, long number, boolean draining, Offer offer, List<RunnerReport> runners) {
    public AgentReport {
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(offer, "offer");
        runners = List.copyOf(runners);
    }
}
