package dev.mayfly.base.log;

/** Where entries go. Safe for concurrent use; never throws, because logging must not break what it tells about. */
@FunctionalInterface
public interface LogSink {
    void write(LogEntry entry);
}
