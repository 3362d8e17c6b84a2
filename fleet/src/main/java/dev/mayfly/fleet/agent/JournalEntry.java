package dev.mayfly.fleet.agent;

import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.runner.Steps;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * One attempt as the journal has it. One in {@link RunnerState#GONE} is kept until the server has taken note, so that an
 * order to create that comes late finds it and does nothing.
 *
 * @param started whether the script may have started; written before it is
 * @param exitCode of the script
 */
public record JournalEntry(
        Attempt attempt, ResourceType type, RunnerState state, boolean started, String reason, OptionalInt exitCode) {
    public JournalEntry {
        Objects.requireNonNull(attempt, "attempt");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exitCode, "exitCode");
    }

    static JournalEntry begun(Attempt attempt, ResourceType type) {
        return new JournalEntry(attempt, type, RunnerState.CREATING, false, "", OptionalInt.empty());
    }

    /** Of an attempt that was never begun here and never will be. */
    static JournalEntry never(Attempt attempt, String why) {
        return new JournalEntry(attempt, ResourceType.NANO, RunnerState.GONE, false, why, OptionalInt.empty());
    }

    boolean gone() {
        return state == RunnerState.GONE;
    }

    JournalEntry to(RunnerState next) {
        if (!Steps.allowed(state, next)) {
            throw new IllegalStateException(attempt + " cannot go from " + state.word() + " to " + next.word());
        }
        return new JournalEntry(attempt, type, next, started || next == RunnerState.RUNNING, reason, exitCode);
    }

    JournalEntry because(String why) {
        return why.isEmpty() || !reason.isEmpty()
                ? this
                : new JournalEntry(attempt, type, state, started, why, exitCode);
    }

    JournalEntry ended(int code) {
        return new JournalEntry(attempt, type, state, started, reason, OptionalInt.of(code));
    }
}
