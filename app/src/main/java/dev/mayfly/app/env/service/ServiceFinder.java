package dev.mayfly.app.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.service.Health;
import dev.mayfly.env.service.VfsClient;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Finds the service of a home, starts it when it is wanted and not there, and stops it. However many start at once, one
 * process is started: who starts holds a lock, and looks again when it has it.
 */
public final class ServiceFinder {
    /** A JVM on a machine that has other things to do. */
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(60);

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 200;

    /** What the service said, until a start finds it larger than this. */
    private static final long LOG_BYTES = 1 << 20;

    private final ServicePlace place;
    private final List<String> command;
    private final String version;
    private final Ticker ticker;

    /**
     * @param command what runs a service for this home in the background
     * @param version of this program
     */
    public ServiceFinder(ServicePlace place, List<String> command, String version, Ticker ticker) {
        this.place = place;
        this.command = List.copyOf(command);
        this.version = version;
        this.ticker = ticker;
    }

    /** @param started whether this call has started it */
    public record Ready(Health health, boolean started) {}

    /**
     * In the order of causes: whether a service lives, whether it answers, whether it is of our version.
     *
     * @throws MayflyException {@code ENV_SERVICE_DOWN}, {@code ENV_SERVICE_UNREACHABLE}, {@code ENV_SERVICE_SKEW}
     */
    public VfsClient connect() {
        if (!place.isTaken()) {
            throw new MayflyException(
                    ErrorCode.ENV_SERVICE_DOWN,
                    "no service of environments runs",
                    "nobody holds " + place.folder().resolve("env.lock"),
                    "mayfly env service start");
        }
        VfsClient client = VfsClient.of(place.socket());
        boolean good = false;
        try {
            Health _ = client.health();
            good = true;
            return client;
        } catch (MayflyException e) {
            throw e.code() == ErrorCode.ENV_SERVICE_UNREACHABLE ? unreachable(e) : e;
        } finally {
            if (!good) {
                client.close();
            }
        }
    }

    private MayflyException unreachable(MayflyException e) {
        return new MayflyException(
                e.code(),
                e.what(),
                "process " + place.process().orElse("?") + " holds the place and does not answer: " + e.why(),
                "kill " + place.process().orElse("PID") + "; mayfly env service start   # its log: " + place.log(),
                e);
    }

    /**
     * Returns when a service of this version answers, and has started one when there was none.
     *
     * @throws MayflyException {@code ENV_SERVICE_UNREACHABLE} when none comes up, {@code ENV_SERVICE_SKEW}
     */
    public Ready ensure() throws InterruptedException {
        Deadline deadline = Deadline.in(STARTS_WITHIN, ticker);
        while (true) {
            Optional<Health> there = answering();
            if (there.isPresent()) {
                return ready(there.get(), false);
            }
            if (!place.isTaken()) {
                // Held for a start only. Those who waited find one started, and ask it side by side.
                try (OpenFileLock _ = place.takeStart()) {
                    if (!place.isTaken()) {
                        return ready(start(), true);
                    }
                }
            } else if (deadline.passed()) {
                throw unreachable(new MayflyException(
                        ErrorCode.ENV_SERVICE_UNREACHABLE,
                        "the service of environments does not answer at " + place.socket(),
                        "not within " + STARTS_WITHIN.toSeconds() + " s",
                        ""));
            }
            Thread.sleep(FIRST_PAUSE_MILLIS);
        }
    }

    /** Starts a service unless there is one or somebody has just started one; does not wait for it. */
    public void startForLater() {
        if (!place.isTaken() && place.beginStart(STARTS_WITHIN)) {
            Process _ = spawn();
        }
    }

    private Ready ready(Health health, boolean started) {
        if (!health.version().equals(version)) {
            throw new MayflyException(
                    ErrorCode.ENV_SERVICE_SKEW,
                    "the service of environments that runs is of another version than this program",
                    "it is " + health.version() + ", this is " + version,
                    "mayfly env service stop && mayfly env service start   # what runs in environments goes on");
        }
        return new Ready(health, started);
    }

    /** Empty when none answers, or the one that does is ending. */
    private Optional<Health> answering() {
        if (!place.isTaken()) {
            return Optional.empty();
        }
        try (VfsClient client = VfsClient.of(place.socket())) {
            return Optional.of(client.health()).filter(Health::healthy);
        } catch (MayflyException e) {
            if (e.code() == ErrorCode.ENV_SERVICE_UNREACHABLE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Health start() throws InterruptedException {
        Process process = spawn();
        Deadline deadline = Deadline.in(STARTS_WITHIN, ticker);
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            Optional<Health> health = answering();
            if (health.isPresent()) {
                return health.get();
            }
            boolean over = !process.isAlive() && !place.isTaken();
            if (over
                    && process.exitValue()
                            == ErrorCode.SERVICE_RUNNING.exitCode().number()
                    && !deadline.passed()) {
                // It found one that was about to end, and that has ended now.
                process = spawn();
            } else if (over || deadline.passed()) {
                throw notStarted(process);
            }
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private Process spawn() {
        try {
            if (Files.exists(place.log()) && Files.size(place.log()) > LOG_BYTES) {
                Files.delete(place.log());
            }
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(place.log().toFile()))
                    .redirectError(ProcessBuilder.Redirect.appendTo(place.log().toFile()));
            builder.environment().put("MAYFLY_HOME", place.home().toString());
            return builder.start();
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.ENV_SERVICE_UNREACHABLE,
                    "the service of environments cannot be started",
                    String.valueOf(e.getMessage()),
                    "start it through ./mayfly",
                    e);
        }
    }

    private MayflyException notStarted(Process process) {
        String why = process.isAlive()
                ? "it did not answer at " + place.socket() + " within " + STARTS_WITHIN.toSeconds() + " s"
                : "it ended with exit code " + process.exitValue() + ": " + lastWords();
        if (process.isAlive()) {
            process.destroy();
        }
        return new MayflyException(
                ErrorCode.ENV_SERVICE_UNREACHABLE,
                "the service of environments did not start",
                why,
                "see " + place.log() + ", or start it in the foreground: mayfly env service run");
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(place.log());
            return lines.reversed().stream()
                    .filter(line -> line.startsWith("error "))
                    .findFirst()
                    .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
        } catch (IOException e) {
            return "its log cannot be read";
        }
    }

    /**
     * Stops the service and waits until it is gone.
     *
     * @return false when there was none
     * @throws MayflyException {@code ENV_SERVICE_UNREACHABLE} when it does not answer, or does not end
     */
    public boolean stop() throws InterruptedException {
        if (!place.isTaken()) {
            return false;
        }
        try (VfsClient client = VfsClient.of(place.socket())) {
            client.shutdown();
        } catch (MayflyException e) {
            if (!place.isTaken()) {
                return true; // it ended by itself while we spoke
            }
            throw e.code() == ErrorCode.ENV_SERVICE_UNREACHABLE ? unreachable(e) : e;
        }
        Deadline deadline = Deadline.in(STOPS_WITHIN, ticker);
        while (place.isTaken()) {
            if (deadline.passed()) {
                throw new MayflyException(
                        ErrorCode.ENV_SERVICE_UNREACHABLE,
                        "the service of environments does not end",
                        "it was told " + STOPS_WITHIN.toSeconds() + " s ago",
                        "kill " + place.process().orElse("PID"));
            }
            Thread.sleep(FIRST_PAUSE_MILLIS);
        }
        return true;
    }
}
