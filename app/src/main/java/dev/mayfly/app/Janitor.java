package dev.mayfly.app;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.port.JobLedger;
import java.time.Clock;
import java.time.Duration;

/** Forgets jobs that were kept long enough. Each worker has one, a virtual thread; several do each other no harm. */
final class Janitor implements AutoCloseable {
    private static final Duration MOST_BETWEEN = Duration.ofMinutes(10);

    private final JobLedger ledger;
    private final Duration keep;
    private final Clock clock;
    private final Log log;
    private final Thread thread;

    private Janitor(JobLedger ledger, Duration keep, Clock clock, Log log) {
        this.ledger = ledger;
        this.keep = keep;
        this.clock = clock;
        this.log = log;
        this.thread = Thread.ofVirtual().name("queue-janitor").unstarted(this::run);
    }

    /** @param keep how long a job is kept after its end */
    static Janitor start(JobLedger ledger, Duration keep, Clock clock, Log log) {
        Janitor janitor = new Janitor(ledger, keep, clock, log);
        janitor.thread.start();
        return janitor;
    }

    private void run() {
        Duration between = keep.dividedBy(4).compareTo(MOST_BETWEEN) < 0 ? keep.dividedBy(4) : MOST_BETWEEN;
        while (true) {
            try {
                Thread.sleep(between);
                int forgotten = ledger.forgetBefore(clock.instant().minus(keep));
                if (forgotten > 0) {
                    log.info().with("jobs", forgotten).log("forgot jobs that were kept long enough");
                }
            } catch (InterruptedException _) {
                return;
            } catch (MayflyException e) {
                log.debug().with("why", e.what() + ": " + e.why()).log("could not forget old jobs");
            } catch (RuntimeException e) {
                log.error().cause(e).log("forgetting old jobs failed unexpectedly");
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            boolean _ = thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
