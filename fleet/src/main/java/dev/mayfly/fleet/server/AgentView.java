package dev.mayfly.fleet.server;

import dev.mayfly.fleet.schedule.Host;
import java.util.Objects;

/** A host for those who only look: what the ledger has of it, and what the scheduler sees. */
public record AgentView(AgentRecord record, Host host) {
    public AgentView {
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(host, "host");
    }
}
