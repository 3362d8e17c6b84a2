package dev.mayfly.base.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Writes each entry as one piece to a stream, for example stderr or a file opened for appending. */
public final class LineSink implements LogSink {
    private final OutputStream out;
    private final LogFormat format;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicLong lost = new AtomicLong();

    /** @param out flushed after every entry, never closed here */
    public LineSink(OutputStream out, LogFormat format) {
        this.out = Objects.requireNonNull(out, "out");
        this.format = Objects.requireNonNull(format, "format");
    }

    @Override
    public void write(LogEntry entry) {
        byte[] line = (format.line(entry) + "\n").getBytes(StandardCharsets.UTF_8);
        writing.lock();
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            // A full disk or a closed pipe must not stop the program; the count tells that something is missing.
            lost.incrementAndGet();
        } finally {
            writing.unlock();
        }
    }

    /** Entries that could not be written. */
    public long lost() {
        return lost.get();
    }
}
