package dev.mayfly.fleet.link;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Command;

/** The agent's end of a connection, called by whoever carries it. Must not block. */
public interface AgentSide {
    void welcomed(AgentId id, long session);

    void ordered(Command command);

    /** Answered through {@link ServerSide#answer}, or not at all. */
    void asked(Asked asked);

    /** Nothing comes any more. Called at least once at the end. */
    void lost(String why);
}
