package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import java.util.Objects;

/**
 * One agent as the ledger has it.
 *
 * @param session the number of its latest connection; what comes through an earlier one is void
 * @param drained whether somebody said that it shall get nothing new
 */
public record AgentRecord(AgentId id, String hostname, long session, boolean drained) {
    public AgentRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(hostname, "hostname");
    }

    AgentRecord connectedAs(String newHostname) {
        return new AgentRecord(id, newHostname, session + 1, drained);
    }

    AgentRecord withDrained(boolean now) {
        return new AgentRecord(id, hostname, session, now);
    }
}
