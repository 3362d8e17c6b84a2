package dev.mayfly.testkit;

import dev.mayfly.base.log.Level;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.log.LogEntry;
import dev.mayfly.base.log.LogFormat;
import dev.mayfly.base.log.LogSink;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log sink that keeps what it gets, for tests to look at. */
public final class KeptLog implements LogSink {
    private final List<LogEntry> entries = new CopyOnWriteArrayList<>();

    @Override
    public void write(LogEntry entry) {
        entries.add(entry);
    }

    /** A logger of every level into this sink. */
    public Log log() {
        return Log.to(this, Level.DEBUG, Clock.systemUTC());
    }

    public List<LogEntry> entries() {
        return List.copyOf(entries);
    }

    public List<String> messages() {
        return entries.stream().map(LogEntry::message).toList();
    }

    /** All entries as text lines, to be shown when a test fails. */
    public String text() {
        StringBuilder out = new StringBuilder();
        entries.forEach(entry -> out.append(LogFormat.TEXT.line(entry)).append('\n'));
        return out.toString();
    }
}
