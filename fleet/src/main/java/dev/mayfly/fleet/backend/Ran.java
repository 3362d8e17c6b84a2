package dev.mayfly.fleet.backend;

import java.util.Objects;

/**
 * What a command did in a machine.
 *
 * @param output both streams, as they came, at most 1 MiB
 */
public record Ran(int exitCode, String output) {
    public Ran {
        Objects.requireNonNull(output, "output");
    }
}
