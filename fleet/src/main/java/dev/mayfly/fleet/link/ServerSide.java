package dev.mayfly.fleet.link;

import dev.mayfly.fleet.protocol.AgentReport;

/** The server's end of a connection, as the agent has it. Must not block for long. */
public interface ServerSide extends AutoCloseable {
    void report(AgentReport report);

    @Override
    void close();
}
