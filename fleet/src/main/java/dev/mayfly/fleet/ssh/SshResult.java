package dev.mayfly.fleet.ssh;

import java.util.Objects;

/**
 * What a command did.
 *
 * @param output both streams, as they came, at most 1 MiB
 */
public record SshResult(int exitCode, String output) {
    public SshResult {
        Objects.requireNonNull(output, "output");
    }
}
