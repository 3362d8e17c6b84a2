package dev.mayfly.base.program;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * What a program was started with.
 *
 * @param home where state lives; absolute, may not exist yet
 * @param flags settings given on the command line, by their configuration key; they win over everything else
 * @param environment the process environment
 */
public record Surroundings(Path home, Map<String, String> flags, Map<String, String> environment) {
    public Surroundings {
        Objects.requireNonNull(home, "home");
        flags = Map.copyOf(flags);
        environment = Map.copyOf(environment);
    }
}
