package dev.mayfly.fleet.sim;

import dev.mayfly.fleet.agent.AgentJournal;
import dev.mayfly.fleet.agent.JournalEntry;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.runner.RunnerState;
import java.util.List;

/** A journal that outlives its agent, which can die before and after each write. */
final class SimJournal implements AgentJournal {
    private final World world;
    private final Mutation mutation;
    private Memory memory = Memory.EMPTY;

    SimJournal(World world, Mutation mutation) {
        this.world = world;
        this.mutation = mutation;
    }

    @Override
    public Memory load() {
        return switch (mutation) {
            case TOMBSTONES ->
                new Memory(
                        memory.id(),
                        Fence.NONE,
                        memory.entries().stream()
                                .filter(entry -> entry.state() != RunnerState.GONE)
                                .toList());
            case STARTED_MARK ->
                new Memory(
                        memory.id(),
                        memory.forgotten(),
                        memory.entries().stream().map(SimJournal::notStarted).toList());
            default -> memory;
        };
    }

    private static JournalEntry notStarted(JournalEntry entry) {
        return entry.state() != RunnerState.RUNNING
                ? entry
                : new JournalEntry(
                        entry.attempt(), entry.type(), RunnerState.SSH_READY, false, entry.reason(), entry.exitCode());
    }

    @Override
    public void write(Memory next) {
        if (world.fault(0.01)) {
            throw new World.Killed();
        }
        memory = next;
        if (world.fault(0.01)) {
            throw new World.Killed();
        }
    }

    List<JournalEntry> entries() {
        return memory.entries();
    }
}
