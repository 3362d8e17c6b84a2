package dev.mayfly.fleet.protocol;

import java.util.Objects;

/**
 * A question on its way.
 *
 * @param id by which its answer finds back; cannot be guessed, so that only who was asked can answer
 */
public record Asked(String id, Attempt attempt, Question question) {
    public Asked {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(attempt, "attempt");
        Objects.requireNonNull(question, "question");
    }
}
