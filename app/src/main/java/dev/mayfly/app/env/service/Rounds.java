package dev.mayfly.app.env.service;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import java.time.Duration;
import java.util.Optional;

/** What the service looks after while nobody calls. Has one thread of its own. */
final class Rounds implements AutoCloseable {
    /** A view that nobody has wanted for so long is let go; to mount it again takes milliseconds. */
    private static final Duration KEEP_VIEWS = Duration.ofMinutes(10);

    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int LOOKS_WHILE_IDLE = 10;

    private final ServiceProcess.Parts parts;
    private final Optional<Duration> idle;
    private final Ticker ticker;
    private final Log log;
    private final Thread thread;

    private Rounds(ServiceProcess.Parts parts, Optional<Duration> idle, Ticker ticker, Log log) {
        this.parts = parts;
        this.idle = idle;
        this.ticker = ticker;
        this.log = log;
        this.thread = Thread.ofVirtual().name("env-rounds").unstarted(this::go);
    }

    static Rounds start(ServiceProcess.Parts parts, Optional<Duration> idle, Ticker ticker, Log log) {
        Rounds rounds = new Rounds(parts, idle, ticker, log);
        rounds.thread.start();
        return rounds;
    }

    private void go() {
        long sweptAt = ticker.nanos();
        try {
            while (!parts.activity().retired()) {
                Thread.sleep(pause());
                boolean sweep = ticker.since(sweptAt) >= SWEEP_EVERY.toNanos();
                sweptAt = sweep ? ticker.nanos() : sweptAt;
                look(sweep);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round that fails is told of; the next one may not. */
    private void look(boolean sweep) {
        try {
            if (sweep) {
                parts.sweep();
                if (parts.shelf().release(KEEP_VIEWS) > 0) {
                    parts.unmountUnused();
                }
            }
            parts.mounts().sweep();
            if (idle.isPresent()
                    && !parts.activity().retired()
                    && parts.activity()
                            .retire(idle.get(), () -> parts.mounts().active().isEmpty())) {
                log.info().with("idle", idle.get().toString()).log("nobody needs this service");
            }
        } catch (MayflyException e) {
            log.warn().with("what", e.what()).with("why", e.why()).log("looking after views failed");
        }
    }

    private Duration pause() {
        return idle.map(each -> each.dividedBy(LOOKS_WHILE_IDLE))
                .filter(each -> each.compareTo(LONGEST_PAUSE) < 0)
                .map(each -> each.compareTo(Duration.ofMillis(10)) < 0 ? Duration.ofMillis(10) : each)
                .orElse(LONGEST_PAUSE);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
