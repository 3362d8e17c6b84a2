package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.api.Address;
import java.util.Optional;

/** An attempt in the agent's memory: its entry, and what may be lost with the process. Owned by {@link AgentCore}. */
final class Lodger {
    JournalEntry entry;
    Optional<Address> address = Optional.empty();

    /** On the agent's ticker: when this process saw it enter its state. */
    long since;

    Lodger(JournalEntry entry, long now) {
        this.entry = entry;
        this.since = now;
    }
}
