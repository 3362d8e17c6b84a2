package dev.mayfly.fleet.runner;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a runner may stay in each state.
 *
 * @param creating for the clone, which takes milliseconds where the file system can share blocks and seconds where not
 * @param booting until somebody logged in over SSH; a loaded host that emulates the processor took a minute
 * @param sshReady until the server let the script start or gave the runner up
 * @param running the longest life of a job
 * @param tearingDown until nothing is left
 * @param error until its destruction begins
 */
public record Deadlines(
        Duration creating,
        Duration booting,
        Duration sshReady,
        Duration running,
        Duration tearingDown,
        Duration error) {
    public Deadlines {
        for (Duration each : new Duration[] {creating, booting, sshReady, running, tearingDown, error}) {
            if (each.isNegative() || each.isZero()) {
                throw new IllegalArgumentException("a state lasts longer than " + each);
            }
        }
    }

    /** Six hours are what GitHub gives a job at most on its own machines. */
    public static Deadlines usual() {
        return new Deadlines(
                Duration.ofMinutes(1),
                Duration.ofMinutes(4),
                Duration.ofMinutes(2),
                Duration.ofHours(6),
                Duration.ofMinutes(1),
                Duration.ofSeconds(10));
    }

    /** Empty for {@link RunnerState#GONE}, which lasts. */
    public Optional<Duration> of(RunnerState state) {
        return switch (state) {
            case CREATING -> Optional.of(creating);
            case BOOTING -> Optional.of(booting);
            case SSH_READY -> Optional.of(sshReady);
            case RUNNING -> Optional.of(running);
            case TEARING_DOWN -> Optional.of(tearingDown);
            case ERROR -> Optional.of(error);
            case GONE -> Optional.empty();
        };
    }
}
