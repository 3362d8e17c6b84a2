package dev.mayfly.app.metrics;

import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes the counts down: a line of the log after every so many runs and at the end; the files then too, and soon after
 * anything has changed. What cannot be written costs no run its result and no run any time: all writing is done by one
 * thread of its own, or at the end by the closer when none was started.
 */
public final class MetricsReporter implements AutoCloseable {
    /** So old may the files be; a textfile collector looks every 15 to 60 seconds. */
    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** A disk that hangs must not hold up the end of the program. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Where the counts go, and after how many runs they must. */
    public record Targets(Optional<Path> json, Optional<Path> textfile, int every) {
        public Targets {
            if (every < 1) {
                throw new IllegalArgumentException("every " + every + " runs");
            }
        }

        /** Whether no file was asked for. */
        public boolean none() {
            return json.isEmpty() && textfile.isEmpty();
        }
    }

    private final Metrics metrics;
    private final Exposition exposition;
    private final Optional<ReportFile> json;
    private final Optional<ReportFile> textfile;
    private final int every;
    private final Duration interval;
    private final Log log;

    private final ReentrantLock pacing = new ReentrantLock();
    private final Condition moved = pacing.newCondition();
    private long runs;
    private boolean lineIsDue;
    private boolean closing;
    private Optional<Thread> thread = Optional.empty();

    // Of the thread that reports.
    private Counts lineSaid;
    private Optional<Counts> filesSay = Optional.empty();

    public MetricsReporter(Metrics metrics, Targets targets, Log log) {
        this(metrics, targets, log, INTERVAL);
    }

    MetricsReporter(Metrics metrics, Targets targets, Log log, Duration interval) {
        this.metrics = metrics;
        this.exposition = new Exposition(metrics);
        this.json = targets.json().map(file -> new ReportFile(file, log));
        this.textfile = targets.textfile().map(file -> new ReportFile(file, log));
        this.every = targets.every();
        this.interval = interval;
        this.log = log;
        this.lineSaid = metrics.counts();
    }

    /** From now on it reports by itself. Without this, it does once: when it is closed. */
    public void start() {
        pacing.lock();
        try {
            if (thread.isEmpty() && !closing) {
                thread = Optional.of(Thread.ofVirtual().name("metrics-reporter").start(this::reportUntilClosed));
            }
        } finally {
            pacing.unlock();
        }
    }

    /** A run has been counted. */
    public void runFinished() {
        pacing.lock();
        try {
            runs++;
            if (runs % every == 0) {
                lineIsDue = true;
                moved.signalAll();
            }
        } finally {
            pacing.unlock();
        }
    }

    private void reportUntilClosed() {
        try {
            while (awaitSomethingToDo()) {
                report(takeLine());
            }
            report(true);
        } catch (InterruptedException _) {
            // Closed by somebody whose patience is over.
        }
    }

    /** @return false when it is time to end */
    private boolean awaitSomethingToDo() throws InterruptedException {
        pacing.lock();
        try {
            long left = interval.toNanos();
            while (!closing && !lineIsDue && left > 0) {
                left = moved.awaitNanos(left);
            }
            return !closing;
        } finally {
            pacing.unlock();
        }
    }

    private boolean takeLine() {
        pacing.lock();
        try {
            boolean due = lineIsDue;
            lineIsDue = false;
            return due;
        } finally {
            pacing.unlock();
        }
    }

    private void report(boolean withLine) {
        Counts counts = metrics.counts();
        if (withLine && !counts.equals(lineSaid)) {
            say(counts);
            lineSaid = counts;
        }
        Optional<Counts> now = Optional.of(counts);
        if (!now.equals(filesSay)) {
            filesSay = write(counts) ? now : Optional.empty();
        }
    }

    private boolean write(Counts counts) {
        String object = JsonWriter.compact(CountsJson.of(counts)) + "\n";
        boolean jsonWritten = json.map(file -> file.replace(object)).orElse(true);
        boolean textWritten =
                textfile.map(file -> file.replace(exposition.textfile())).orElse(true);
        return jsonWritten && textWritten;
    }

    /** The first three as the replaced system names them. */
    private void say(Counts counts) {
        log.info()
                .with("processed", counts.allRuns())
                .with("dupes", counts.duplicates())
                .with("reds", counts.of(RunEnding.RED))
                .with("yellows", counts.of(RunEnding.YELLOW))
                .with("greens", counts.of(RunEnding.GREEN))
                .with("failed", counts.of(RunEnding.FAILED))
                .with("redeliveries", counts.redeliveries())
                .with("dead_lettered", counts.deadLettered())
                .with("in_flight", counts.inFlight())
                .log("metrics");
    }

    /** Reports what has changed since, and ends. */
    @Override
    public void close() {
        Optional<Thread> reporting;
        pacing.lock();
        try {
            if (closing) {
                return;
            }
            closing = true;
            reporting = thread;
            moved.signalAll();
        } finally {
            pacing.unlock();
        }
        if (reporting.isEmpty()) {
            report(true);
        } else {
            await(reporting.get());
        }
    }

    private void await(Thread reporting) {
        try {
            if (!reporting.join(PATIENCE)) {
                log.warn().log("the metrics could not be written in time");
                reporting.interrupt();
            }
        } catch (InterruptedException _) {
            reporting.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
