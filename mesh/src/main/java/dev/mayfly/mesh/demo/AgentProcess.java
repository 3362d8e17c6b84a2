package dev.mayfly.mesh.demo;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An agent in a process of its own, to which things can happen. It ends when its input does, so also when we are killed. */
final class AgentProcess implements AutoCloseable {
    private static final double STOPPED_SECONDS = 0.25;
    private static final double RUNNING_SECONDS = 0.1;

    private final Process process;
    private Optional<Process> hand = Optional.empty();

    private AgentProcess(Process process) {
        this.process = process;
    }

    static AgentProcess start(List<String> command) {
        try {
            return new AgentProcess(new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.SERVICE_UNREACHABLE,
                    "An agent cannot be started",
                    String.valueOf(e.getMessage()),
                    "start the demonstration through ./mayfly",
                    e);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /**
     * Stops and continues it by turns, in the background, for so long. The shell that does it always ends with a continue,
     * also when nobody is left to tell it to.
     */
    void stallFor(Duration time) {
        int rounds = (int) (time.toMillis() / 1e3 / (STOPPED_SECONDS + RUNNING_SECONDS));
        String script =
                "i=0; while [ $i -lt " + rounds + " ] && kill -STOP " + process.pid() + "; do sleep " + STOPPED_SECONDS
                        + "; kill -CONT " + process.pid() + "; sleep " + RUNNING_SECONDS + "; i=$((i+1)); done";
        try {
            hand = Optional.of(new ProcessBuilder("sh", "-c", script)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            throw new IllegalStateException("sh cannot be started", e);
        }
    }

    void awaitStallOver() {
        hand.ifPresent(each -> await(each, Duration.ofSeconds(30)));
    }

    void kill() {
        process.destroyForcibly();
        await(process, Duration.ofSeconds(10));
    }

    private static void await(Process one, Duration time) {
        try {
            if (!one.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
                one.destroyForcibly();
            }
        } catch (InterruptedException e) {
            one.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        awaitStallOver();
        process.destroy();
        await(process, Duration.ofSeconds(10));
    }
}
