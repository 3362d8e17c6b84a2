package dev.mayfly.base.log;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One thing that happened. Fields bound to the logger come first, in the order they were bound. */
public record LogEntry(
        Instant time, Level level, String logger, String message, List<LogField> fields, Optional<Throwable> cause) {
    public LogEntry {
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(logger, "logger");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(cause, "cause");
        fields = List.copyOf(fields);
    }
}
