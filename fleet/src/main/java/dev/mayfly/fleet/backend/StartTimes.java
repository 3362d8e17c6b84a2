package dev.mayfly.fleet.backend;

import java.time.Duration;
import java.util.Objects;

/**
 * How a machine came to be ready, and how long each step took.
 *
 * @param way how it was started
 * @param why not by a better way; empty for the best
 * @param cloned its disk
 * @param started until the hypervisor runs it
 * @param identified until the guest has become who it shall be; zero as long as it has not
 * @param loggedIn until somebody has logged in and run a command; zero as long as nobody has
 */
public record StartTimes(
        Way way, String why, Duration cloned, Duration started, Duration identified, Duration loggedIn) {
    /** Ways to start, the best first. */
    public enum Way {
        /** It stood ready. */
        STANDING,
        /** From the saved state of a machine of this template. */
        RESTORED,
        /** From its kernel on. */
        BOOTED
    }

    public StartTimes {
        Objects.requireNonNull(way, "way");
        Objects.requireNonNull(why, "why");
        Objects.requireNonNull(cloned, "cloned");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(identified, "identified");
        Objects.requireNonNull(loggedIn, "loggedIn");
    }

    public Duration total() {
        return cloned.plus(started).plus(identified).plus(loggedIn);
    }
}
