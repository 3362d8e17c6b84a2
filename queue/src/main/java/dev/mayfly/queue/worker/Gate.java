package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.port.WorkerCondition;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Duration;
import java.util.Locale;

/**
 * Whether slots may take messages. Shut by a failure of queue, ledger or disk; opened again by a probe that succeeds.
 * A worker behind a shut gate holds nothing that another could not take over.
 */
final class Gate {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final WorkerEvents events;
    private final Log log;
    private WorkerCondition condition = WorkerCondition.FETCHING;
    private String why = "";
    private Duration pause = FIRST_PAUSE;

    Gate(WorkerEvents events, Log log) {
        this.events = events;
        this.log = log;
        events.condition(condition, why);
    }

    /** Returns when the gate is open or draining; while it is shut, one thread after the other tries the probe. */
    void pass(Runnable probe) throws InterruptedException {
        while (!mayPass()) {
            pauseWhileShut();
            if (draining()) {
                return;
            }
            try {
                probe.run();
                open();
            } catch (MayflyException e) {
                shut(e);
            }
        }
    }

    private synchronized boolean mayPass() {
        return condition == WorkerCondition.FETCHING || condition == WorkerCondition.DRAINING;
    }

    /** Ends early when there is something new; for no reason, too, which only makes the probe come earlier. */
    @SuppressWarnings("WaitNotInLoop")
    private synchronized void pauseWhileShut() throws InterruptedException {
        if (!mayPass()) {
            Duration now = pause;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            wait(now.toMillis());
        }
    }

    /** Shuts for what would befall the next job too. */
    void shutIfOurs(MayflyException failure) {
        switch (failure.code()) {
            case STATE_UNAVAILABLE, STATE_CORRUPT, SANDBOX_UNAVAILABLE, QUEUE_UNREACHABLE -> shut(failure);
            default -> {
                // The job's own.
            }
        }
    }

    synchronized void shut(MayflyException failure) {
        WorkerCondition next = switch (failure.code()) {
            case QUEUE_UNREACHABLE, QUEUE_UNSUITABLE, QUEUE_FULL -> WorkerCondition.DISCONNECTED;
            default -> WorkerCondition.STOPPED;
        };
        if (condition == WorkerCondition.DRAINING) {
            return;
        }
        String now = failure.what() + ": " + failure.why();
        if (condition == next && why.equals(now)) {
            return;
        }
        log.error()
                .with("condition", next.name().toLowerCase(Locale.ROOT))
                .with("what", failure.what())
                .with("why", failure.why())
                .with("fix", failure.fix())
                .log("taking no jobs");
        condition = next;
        why = now;
        events.condition(next, now);
    }

    private synchronized void open() {
        if (condition == WorkerCondition.DRAINING || condition == WorkerCondition.FETCHING) {
            return;
        }
        log.info().log("taking jobs again");
        set(WorkerCondition.FETCHING);
    }

    synchronized void drain() {
        if (condition != WorkerCondition.DRAINING) {
            set(WorkerCondition.DRAINING);
        }
    }

    synchronized boolean draining() {
        return condition == WorkerCondition.DRAINING;
    }

    private synchronized void set(WorkerCondition next) {
        condition = next;
        why = "";
        pause = FIRST_PAUSE;
        events.condition(next, "");
        notifyAll();
    }
}
