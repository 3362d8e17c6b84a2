package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.schedule.TemplateTimes;
import java.util.List;
import java.util.Map;

/** What can happen to an agent. A link is one connection to a server, numbered by whoever carries it. */
public sealed interface AgentInput {
    /** The server knows this host now. */
    record Welcomed(long link, AgentId id, long session) implements AgentInput {}

    record Ordered(long link, Command command) implements AgentInput {}

    record LinkLost(long link) implements AgentInput {}

    /** The disk is cloned and the machine started. */
    record Booted(Attempt attempt) implements AgentInput {}

    /** Somebody has logged in. Comes again when a machine is adopted. */
    record Ready(Attempt attempt, Address address) implements AgentInput {}

    record ScriptEnded(Attempt attempt, int exitCode) implements AgentInput {}

    /** The machine cannot be made, has died, or cannot be adopted. */
    record Broken(Attempt attempt, String why) implements AgentInput {}

    /** Proof that nothing is left. */
    record Destroyed(Attempt attempt) implements AgentInput {}

    /** Something is left. */
    record NotDestroyed(Attempt attempt, String why) implements AgentInput {}

    /** How many machines stand ready now, by size. */
    record Standing(Map<ResourceType, Integer> machines) implements AgentInput {
        public Standing {
            machines = Map.copyOf(machines);
        }
    }

    /** How long starts have taken by now, by template. */
    record Times(List<TemplateTimes> times) implements AgentInput {
        public Times {
            times = List.copyOf(times);
        }
    }

    /** Somebody wants this host for other things: nothing new, what runs may end. */
    record Drain() implements AgentInput {}

    /** Time has passed. Comes every second or so. */
    record Tick() implements AgentInput {}
}
