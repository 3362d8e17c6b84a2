package dev.mayfly.app;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.sandbox.record.Retention;
import java.time.Duration;
import java.util.function.Supplier;

/** Removes what is not kept any more, when the service starts and then at every interval, on a thread of its own. */
final class Housekeeping implements AutoCloseable {
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

    private final Supplier<Retention.Removed> sweep;
    private final Duration every;
    private final Log log;
    private final Thread thread;

    private Housekeeping(Supplier<Retention.Removed> sweep, Duration every, Log log) {
        this.sweep = sweep;
        this.every = every;
        this.log = log;
        this.thread = Thread.ofPlatform().daemon().name("housekeeping").unstarted(this::keep);
    }

    static Housekeeping start(Supplier<Retention.Removed> sweep, Duration every, Log log) {
        Housekeeping housekeeping = new Housekeeping(sweep, every, log);
        housekeeping.thread.start();
        return housekeeping;
    }

    private void keep() {
        try {
            while (true) {
                once();
                Thread.sleep(every);
            }
        } catch (InterruptedException _) {
            // The service ends.
        }
    }

    private void once() {
        try {
            Retention.Removed removed = sweep.get();
            if (!removed.nothing()) {
                log.info()
                        .with("runs", removed.runs())
                        .with("cases", removed.quarantined().cases())
                        .with("bytes", removed.quarantined().bytes())
                        .log("removed what is not kept any more from ledger and quarantine");
            }
        } catch (MayflyException e) {
            log.warn().with("why", e.what() + ": " + e.why()).log("nothing was removed from ledger and quarantine");
        } catch (RuntimeException e) {
            log.error().cause(e).log("the removal of what is not kept any more failed unexpectedly");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(ENDS_WITHIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
