package dev.mayfly.app;

import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Runs one request to its recorded result. */
@FunctionalInterface
interface SandboxRunner {
    /** Throws {@code MayflyException} when there is no result: malformed, refused, or broken ourselves. */
    Outcome run(byte[] requestJson, Options options) throws InterruptedException;

    /** What the command line adds to the request. */
    record Options(
            Optional<Path> policy,
            OptionalInt timeoutSec,
            OptionalLong seed,
            boolean strict,
            boolean allowDegraded,
            String backend) {
        public Options {
            Objects.requireNonNull(backend, "backend");
        }
    }

    /** A result and the exit code of its verdict. */
    record Outcome(JsonObject result, ExitCode exitCode) {}
}
