package dev.mayfly.store;

import java.util.List;

/**
 * Statements that apply together, in this order, or not at all.
 *
 * @param synced whether it survives a power cut when it came back applied. One that is not survives the death of its
 *     process all the same, and is never kept without all that was applied before it; it costs no wait for the disk.
 */
public record Batch(List<Statement> statements, boolean synced) {
    /** Keeps one batch from holding up all others; larger work is cut into several. */
    public static final int MAX_STATEMENTS = 10_000;

    public Batch {
        statements = List.copyOf(statements);
        if (statements.isEmpty() || statements.size() > MAX_STATEMENTS) {
            throw new IllegalArgumentException(
                    "a batch has 1 to " + MAX_STATEMENTS + " statements, not " + statements.size());
        }
    }

    public Batch(List<Statement> statements) {
        this(statements, true);
    }

    /** For what may be undone by a power cut, because whoever relies on it is gone then too. */
    public Batch withoutSync() {
        return new Batch(statements, false);
    }

    public static Batch of(Statement... statements) {
        return new Batch(List.of(statements));
    }
}
