package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.schedule.Offer;
import java.time.Duration;
import java.util.Objects;

/**
 * What an agent is told at its start.
 *
 * @param offer what this host can take
 * @param interval between reports when nothing changes
 * @param lease for so long it keeps what has not started without hearing a server, before one has said otherwise
 */
public record AgentSettings(Offer offer, Deadlines deadlines, Duration interval, Duration lease) {
    public AgentSettings {
        Objects.requireNonNull(offer, "offer");
        Objects.requireNonNull(deadlines, "deadlines");
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(lease, "lease");
    }
}
