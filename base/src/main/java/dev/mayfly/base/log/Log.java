package dev.mayfly.base.log;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A logger for one part of the program.
 *
 * <pre>{@code
 * log.info().with("job", id).with("ms", 12).log("job finished");
 * }</pre>
 */
public final class Log {
    private static final Log OFF = new Log("", Level.ERROR, true, _ -> {}, Clock.systemUTC(), List.of());

    private final String name;
    private final Level threshold;
    private final boolean off;
    private final LogSink sink;
    private final Clock clock;
    private final List<LogField> bound;

    private Log(String name, Level threshold, boolean off, LogSink sink, Clock clock, List<LogField> bound) {
        this.name = name;
        this.threshold = threshold;
        this.off = off;
        this.sink = sink;
        this.clock = clock;
        this.bound = bound;
    }

    /** A logger that passes entries of {@code threshold} and graver to the sink. */
    public static Log to(LogSink sink, Level threshold, Clock clock) {
        return new Log(
                "mayfly",
                Objects.requireNonNull(threshold, "threshold"),
                false,
                Objects.requireNonNull(sink, "sink"),
                Objects.requireNonNull(clock, "clock"),
                List.of());
    }

    /** Drops everything. */
    public static Log off() {
        return OFF;
    }

    /** The same logger under another name, by convention the room, for example {@code sandbox}. */
    public Log named(String other) {
        return new Log(Objects.requireNonNull(other, "name"), threshold, off, sink, clock, bound);
    }

    /** The same logger with a field on every entry, for example the id of the job it speaks about. */
    public Log with(String key, Object value) {
        List<LogField> more = new ArrayList<>(bound);
        more.add(new LogField(key, value));
        return new Log(name, threshold, off, sink, clock, List.copyOf(more));
    }

    public boolean isOn(Level level) {
        return !off && level.compareTo(threshold) >= 0;
    }

    /** An entry to be filled and ended with {@link LogEvent#log}; a shared one that does nothing when the level is off. */
    public LogEvent at(Level level) {
        return isOn(level) ? new LogEvent(this, level) : LogEvent.OFF;
    }

    public LogEvent debug() {
        return at(Level.DEBUG);
    }

    public LogEvent info() {
        return at(Level.INFO);
    }

    public LogEvent warn() {
        return at(Level.WARN);
    }

    public LogEvent error() {
        return at(Level.ERROR);
    }

    void write(LogEvent event, Level level, String message) {
        List<LogField> fields = bound;
        if (!event.fields().isEmpty()) {
            fields = new ArrayList<>(bound.size() + event.fields().size());
            fields.addAll(bound);
            fields.addAll(event.fields());
        }
        sink.write(new LogEntry(clock.instant(), level, name, message, fields, event.cause()));
    }
}
