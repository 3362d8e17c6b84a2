package dev.mayfly.store;

import java.util.List;

/** Statements that apply together, in this order, or not at all. */
public record Batch(List<Statement> statements) {
    /** Keeps one batch from holding up all others; larger work is cut into several. */
    public static final int MAX_STATEMENTS = 10_000;

    public Batch {
        statements = List.copyOf(statements);
        if (statements.isEmpty() || statements.size() > MAX_STATEMENTS) {
            throw new IllegalArgumentException(
                    "a batch has 1 to " + MAX_STATEMENTS + " statements, not " + statements.size());
        }
    }

    public static Batch of(Statement... statements) {
        return new Batch(List.of(statements));
    }
}
