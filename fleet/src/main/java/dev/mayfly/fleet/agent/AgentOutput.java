package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;

/** What an agent does. None of it before the journal has what it rests on. */
public sealed interface AgentOutput {
    record Report(long link, AgentReport report) implements AgentOutput {}

    /** Clone, boot and wait until it answers. */
    record Make(Command.Create order) implements AgentOutput {}

    /** Go on watching a machine that an earlier process of this agent has made. */
    record Adopt(Attempt attempt, boolean started) implements AgentOutput {}

    record Begin(Attempt attempt, String script) implements AgentOutput {}

    /** Leave nothing, whatever there is. */
    record Destroy(Attempt attempt) implements AgentOutput {}
}
