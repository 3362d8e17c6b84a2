package dev.mayfly.sandbox.launcher;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The launcher for tests: the one the build made, or one made from the sources now. */
public final class BuiltLauncher {
    private BuiltLauncher() {}

    public static Path locate() throws IOException, InterruptedException {
        String given = System.getProperty("mayfly.launcher", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        Path repository = Path.of(System.getProperty("mayfly.repository", "..")).toAbsolutePath();
        Path built = repository.resolve("platform/target/native/mayfly-launcher");
        if (Files.isExecutable(built)) {
            return built;
        }
        Path made = repository.resolve("sandbox/target/native/mayfly-launcher");
        Process build = new ProcessBuilder(
                        "sh",
                        repository.resolve("platform/src/main/native/build.sh").toString(),
                        "cc",
                        made.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean ended = build.waitFor(2, TimeUnit.MINUTES);
        Needs.that(ended && Files.isExecutable(made), "launcher", said.trim());
        return made;
    }
}
