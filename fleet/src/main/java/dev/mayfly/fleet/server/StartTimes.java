package dev.mayfly.fleet.server;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the time of a start went, by the server's ticker: what the caller waited for, with the ways between.
 *
 * @param placed from the wish to the attempt that was let start; long when earlier ones failed
 * @param cloned until its machine was started
 * @param booted until somebody had logged in
 * @param total from the wish to the leave to start
 */
public record StartTimes(Duration placed, Duration cloned, Duration booted, Duration total) {
    public StartTimes {
        Objects.requireNonNull(placed, "placed");
        Objects.requireNonNull(cloned, "cloned");
        Objects.requireNonNull(booted, "booted");
        Objects.requireNonNull(total, "total");
    }
}
