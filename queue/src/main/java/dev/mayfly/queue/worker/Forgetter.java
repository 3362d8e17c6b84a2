package dev.mayfly.queue.worker;

import dev.mayfly.base.log.Log;
import dev.mayfly.queue.port.JobLedger;
import java.time.Clock;
import java.time.Duration;

/** Removes answers that are not kept any more, at the start of a worker and then every hour. */
final class Forgetter implements AutoCloseable {
    private static final Duration EVERY = Duration.ofHours(1);

    private final JobLedger ledger;
    private final Duration keep;
    private final Clock clock;
    private final Log log;
    private final Thread thread;

    private Forgetter(JobLedger ledger, Duration keep, Clock clock, Log log) {
        this.ledger = ledger;
        this.keep = keep;
        this.clock = clock;
        this.log = log;
        this.thread = Thread.ofVirtual().name("queue-forgetter").unstarted(this::run);
    }

    static Forgetter start(JobLedger ledger, Duration keep, Clock clock, Log log) {
        Forgetter forgetter = new Forgetter(ledger, keep, clock, log);
        forgetter.thread.start();
        return forgetter;
    }

    private void run() {
        try {
            while (true) {
                forget();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException _) {
            // The worker ends.
        }
    }

    private void forget() {
        try {
            int jobs = ledger.forgetBefore(clock.instant().minus(keep));
            if (jobs > 0) {
                log.info().with("jobs", jobs).log("removed answers that are not kept any more");
            }
        } catch (RuntimeException e) {
            log.warn().with("why", String.valueOf(e.getMessage())).log("no old answers were removed");
        }
    }

    /** Does not wait: what it does then is one statement of the ledger, whose close waits for it. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
