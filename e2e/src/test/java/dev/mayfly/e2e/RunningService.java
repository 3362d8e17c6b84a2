package dev.mayfly.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code mayfly up} or {@code mayfly worker}, from its ready line to its end. */
final class RunningService implements AutoCloseable {
    private final Process process;
    private final String ready;

    private RunningService(Process process, String ready) {
        this.process = process;
        this.ready = ready;
    }

    static RunningService start(Path home, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "up";
        System.arraycopy(words, 0, all, 1, words.length);
        return of(Program.mayfly(home, all));
    }

    /** Any command that says in one line that it is ready, and lives on. */
    static RunningService of(Program program) {
        Process process = program.start();
        Thread drain = new Thread(() -> drain(process), "service-stderr");
        drain.setDaemon(true);
        drain.start();
        try {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            return new RunningService(
                    process, Optional.ofNullable(out.readLine()).orElse("(nothing)"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void drain(Process process) {
        try (var err = process.getErrorStream()) {
            err.transferTo(System.err);
        } catch (IOException _) {
            // The process is gone.
        }
    }

    String readyLine() {
        return ready;
    }

    long pid() {
        return process.pid();
    }

    /** Ends it as a supervisor would, and returns its exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the service did not end on SIGTERM");
        }
        return process.exitValue();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
