package dev.mayfly.base.config;

import java.util.Objects;

/** One thing wrong: where it stands, and what is wrong with it. */
public record ConfigProblem(String origin, String problem) {
    public ConfigProblem {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(problem, "problem");
    }

    @Override
    public String toString() {
        return origin + ": " + problem;
    }
}
