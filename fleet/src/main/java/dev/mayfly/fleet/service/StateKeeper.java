package dev.mayfly.fleet.service;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.RunnerStateFile;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Keeps {@code runner-state.json} up to date, beside those who work: whoever only looks must neither stop nor delay them. At
 * most once a second, and so seldom that it takes no more than a twentieth of the time.
 */
final class StateKeeper implements AutoCloseable {
    private static final Duration LEAST = Duration.ofSeconds(1);
    private static final int SHARE = 20;
    private static final Duration END = Duration.ofSeconds(10);

    private final RunnerStateFile file;
    private final Supplier<List<RunnerRecord>> runners;
    private final Clock clock;
    private final Log log;

    /** Has one permit when the file is old; the first one is written at once. */
    private final Semaphore old = new Semaphore(1);

    private final Thread thread;

    private StateKeeper(RunnerStateFile file, Supplier<List<RunnerRecord>> runners, Clock clock, Log log) {
        this.file = file;
        this.runners = runners;
        this.clock = clock;
        this.log = log;
        this.thread = Thread.ofVirtual().name("fleet-state-file").unstarted(this::work);
    }

    /** @param runners all as of a moment ago, safe from any thread */
    static StateKeeper start(RunnerStateFile file, Supplier<List<RunnerRecord>> runners, Clock clock, Log log) {
        StateKeeper keeper = new StateKeeper(file, runners, clock, log);
        keeper.thread.start();
        return keeper;
    }

    /** Called by one thread at a time. Returns at once. */
    void changed() {
        if (old.availablePermits() == 0) {
            old.release();
        }
    }

    private void work() {
        try {
            while (true) {
                old.acquire();
                long begun = System.nanoTime();
                write();
                Duration pause = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(SHARE);
                Thread.sleep(pause.compareTo(LEAST) > 0 ? pause : LEAST);
            }
        } catch (InterruptedException e) {
            log.debug().log("runner-state.json stays as it is");
        }
    }

    private void write() {
        try {
            file.write(runners.get(), clock.instant());
        } catch (MayflyException e) {
            log.warn().cause(e).log("runner-state.json is out of date");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            if (!thread.join(END)) {
                log.warn().log("runner-state.json is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
