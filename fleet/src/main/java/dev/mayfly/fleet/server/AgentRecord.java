package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.AgentId;
import java.util.Objects;

/**
 * One agent as the ledger has it.
 *
 * @param session the number of its latest connection; what comes through an earlier one is void
 */
public record AgentRecord(AgentId id, String hostname, long session) {
    public AgentRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(hostname, "hostname");
    }
}
