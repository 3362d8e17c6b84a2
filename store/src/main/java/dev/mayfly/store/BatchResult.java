package dev.mayfly.store;

import java.util.List;
import java.util.Objects;

/** What became of a batch. */
public sealed interface BatchResult {
    /** Everything was applied and is durable; {@code changes} has the rows changed by each statement. */
    record Applied(List<Integer> changes) implements BatchResult {
        public Applied {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Nothing was applied: a guarded statement changed another number of rows than it must, or a constraint forbade one.
     *
     * @param statement index of the statement in its batch
     */
    record Conflict(int statement, String reason) implements BatchResult {
        public Conflict {
            Objects.requireNonNull(reason, "reason");
        }
    }

    default boolean isApplied() {
        return this instanceof Applied;
    }
}
