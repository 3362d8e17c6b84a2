package dev.mayfly.fleet.link;

import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Answer;

/** The server's end of a connection, as the agent has it. Must not block for long. */
public interface ServerSide extends AutoCloseable {
    void report(AgentReport report);

    /** @param id of what was asked */
    void answer(String id, Answer answer);

    @Override
    void close();
}
