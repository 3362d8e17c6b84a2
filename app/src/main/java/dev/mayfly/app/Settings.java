package dev.mayfly.app;

import dev.mayfly.base.log.LogFormat;
import dev.mayfly.base.program.Surroundings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this process was told about itself.
 *
 * @param home where state lives
 * @param distribution the laid-out program: policies, schemas, native parts; empty when started from class folders
 * @param slots how many jobs may run at once
 */
record Settings(Path home, Optional<Path> distribution, int slots, LogFormat logFormat, boolean longLived) {

    static Settings of(Surroundings surroundings, boolean longLived) {
        int slots = Optional.ofNullable(surroundings.flags().get("slots"))
                .map(Integer::parseInt)
                .orElse(longLived ? Runtime.getRuntime().availableProcessors() : 1);
        return new Settings(
                surroundings.home(),
                Optional.ofNullable(System.getProperty("mayfly.dist")).map(Path::of),
                slots,
                LogFormat.TEXT,
                longLived);
    }

    /** Must agree with {@code bin/mayfly} and with the client. */
    Path socket() {
        return home.resolve("run").resolve("mayfly.sock");
    }

    /** The process number of the service, for the launcher script, which can ask the kernel whether it still lives. */
    Path processFile() {
        return home.resolve("run").resolve("mayfly.pid");
    }
}
