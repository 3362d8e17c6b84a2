package dev.mayfly.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts the laid-out program as a user's shell would: a real process, its streams, its exit code. */
public final class Program {
    static final Path REPOSITORY = Path.of(System.getProperty("mayfly.repository"));
    public static final Path DISTRIBUTION = REPOSITORY.resolve("dist/target/mayfly");
    static final Path SCRIPT = DISTRIBUTION.resolve("bin/mayfly");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What a command left behind. */
    public record Ended(int exitCode, String out, String err) {
        /** The lines of the error, without what a JVM may say of its own. */
        List<String> errorLines() {
            return err.lines().toList();
        }
    }

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Path folder = REPOSITORY;
    private byte[] input = {};

    private Program(List<String> command) {
        this.command.addAll(command);
        environment.put("PATH", System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    /** {@code mayfly} with these words, in a home folder of its own. */
    public static Program mayfly(Path home, String... words) {
        Program program = new Program(List.of(SCRIPT.toString()));
        program.command.addAll(List.of(words));
        return program.with("MAYFLY_HOME", home.toString()).with("HOME", home.toString());
    }

    static Program of(String... command) {
        return new Program(List.of(command));
    }

    public Program with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Program without(String variable) {
        environment.remove(variable);
        return this;
    }

    Program in(Path newFolder) {
        folder = newFolder;
        return this;
    }

    public Program reading(String text) {
        input = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    public Process start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Ended run() {
        return run(PATIENCE);
    }

    /** For what takes long on a machine that does other things as well. */
    public Ended run(Duration patience) {
        Process process = start();
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> all(process.getInputStream()));
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(input);
            } catch (IOException _) {
                // It ended without reading.
            }
            if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(command + " did not end; so far it said: " + err.getNow("nothing"));
            }
            return new Ended(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String all(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
