package dev.mayfly.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One of the scripts that provide servers for tests, run with stand-ins for everything that it would fetch from elsewhere.
 *
 * @param script its name
 * @param variable that names a server
 * @param folder in which it provides, and which has the stand-ins in {@code bin}
 */
public record ToolScript(String script, String variable, Path folder) {
    public Path tool(String name) {
        return folder.resolve(".mayfly/tools").resolve(name);
    }

    /** A program that does what the shell is told, as {@code bin/NAME} before all others on the path. */
    public Path program(String name, String does) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + does + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    /** What it says; it never fails. */
    public String run(String named) throws IOException, InterruptedException {
        Path path = Path.of("src/main/sh", script).toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder("sh", path.toString(), folder.toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put(variable, named);
        Path said = folder.resolve("said");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("it never fails").isZero();
        return Files.readString(said, StandardCharsets.UTF_8);
    }
}
