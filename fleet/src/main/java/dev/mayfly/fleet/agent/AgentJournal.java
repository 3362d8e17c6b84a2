package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What an agent must not forget. One process has it open at a time. */
public interface AgentJournal {
    /**
     * Everything in it.
     *
     * @param id by which the server knows this host; empty before it was told
     * @param forgotten the highest fence that was ever dropped: an unknown attempt up to it is from the past
     */
    record Memory(Optional<AgentId> id, Fence forgotten, List<JournalEntry> entries) {
        public static final Memory EMPTY = new Memory(Optional.empty(), Fence.NONE, List.of());

        public Memory {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(forgotten, "forgotten");
            entries = List.copyOf(entries);
        }
    }

    Memory load();

    /** Writes all of it in place of what was there, durably; a reader finds the one or the other. */
    void write(Memory memory);
}
