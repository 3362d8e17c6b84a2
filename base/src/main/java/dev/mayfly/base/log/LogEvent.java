package dev.mayfly.base.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One entry being filled by one thread. Nothing is written before {@link #log}. */
public final class LogEvent {
    static final LogEvent OFF = new LogEvent(null, Level.DEBUG);

    private final @Nullable Log log;
    private final Level level;
    private @Nullable List<LogField> fields;
    private @Nullable Throwable cause;

    LogEvent(@Nullable Log log, Level level) {
        this.log = log;
        this.level = level;
    }

    public LogEvent with(String key, Object value) {
        if (log != null) {
            add(key, value);
        }
        return this;
    }

    // The overloads for primitives box only when the level is on.
    public LogEvent with(String key, long value) {
        if (log != null) {
            add(key, value);
        }
        return this;
    }

    public LogEvent with(String key, double value) {
        if (log != null) {
            add(key, value);
        }
        return this;
    }

    public LogEvent with(String key, boolean value) {
        if (log != null) {
            add(key, value);
        }
        return this;
    }

    /** The failure behind the entry; its stack goes with it. */
    public LogEvent cause(Throwable failure) {
        if (log != null) {
            cause = Objects.requireNonNull(failure, "cause");
        }
        return this;
    }

    /** Writes the entry. The message is a constant text; what varies belongs in fields. */
    public void log(String message) {
        if (log != null) {
            log.write(this, level, message);
        }
    }

    List<LogField> fields() {
        return fields == null ? List.of() : fields;
    }

    Optional<Throwable> cause() {
        return Optional.ofNullable(cause);
    }

    private void add(String key, Object value) {
        if (fields == null) {
            fields = new ArrayList<>(4);
        }
        fields.add(new LogField(key, value));
    }
}
