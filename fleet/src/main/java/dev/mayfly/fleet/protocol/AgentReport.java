package dev.mayfly.fleet.protocol;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.schedule.Offer;
import java.util.List;
import java.util.Objects;

/**
 * All that an agent has, at one moment; or that it still has what an earlier report of the same session said.
 *
 * @param session which of its connections it speaks through, as the server has numbered them
 * @param number of the report in this session, from 1: an earlier one that comes later says nothing
 * @param same the number of the report that says all; 0 when this one does. Only said of one that the server has heard
 *     ({@link Command.Renew}); draining, offer and runners say nothing then
 * @param offer what the host can take at all, which may have changed
 */
public record AgentReport(
        AgentId agent,
        long session,
        long number,
        long same,
        boolean draining,
        Offer offer,
        List<RunnerReport> runners) {
    public AgentReport {
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(offer, "offer");
        runners = List.copyOf(runners);
    }

    /** One that says all. */
    public AgentReport(
            AgentId agent, long session, long number, boolean draining, Offer offer, List<RunnerReport> runners) {
        this(agent, session, number, 0, draining, offer, runners);
    }

    /** As before. */
    public static AgentReport same(AgentId agent, long session, long number, long same) {
        return new AgentReport(agent, session, number, same, false, Offer.of(0, 0, 0), List.of());
    }

    public boolean saysAll() {
        return same == 0;
    }
}
