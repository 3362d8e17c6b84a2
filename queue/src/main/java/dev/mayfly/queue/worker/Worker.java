package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.Obituary;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkerEvents;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves a queue with a number of slots, each a virtual thread that holds one message at a time: a worker never has more
 * messages than it can run. {@link #drain} lets those at hand come to their end.
 */
public final class Worker implements AutoCloseable {
    private static final Duration ONE_WAIT = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /**
     * What a worker is made of.
     *
     * @param me a new epoch for each worker
     */
    public record Parts(
            Epoch me,
            QueueEngine engine,
            JobRunner runner,
            Obituary obituary,
            WorkerEvents events,
            WorkerSettings settings,
            Trials trials,
            Clock clock,
            Ticker ticker,
            Log log) {}

    private final Parts parts;
    private final Heart heart;
    private final Gate gate;
    private final JobHandler handler;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Thread> slots = new ArrayList<>();
    private volatile boolean stopping;

    private Worker(Parts parts, Heart heart) {
        this.parts = parts;
        this.heart = heart;
        this.gate = new Gate(parts.events(), parts.log());
        Owners owners =
                new Owners(parts.me(), parts.engine().ledger(), parts.obituary(), parts.ticker(), parts.settings());
        this.handler = new JobHandler(parts, owners, heart, gate);
    }

    /** @throws MayflyException when queue or ledger do not work now */
    public static Worker start(Parts parts) {
        Heart heart = Heart.start(parts.me(), parts.engine().ledger(), parts.ticker(), parts.settings(), parts.log());
        Worker worker = new Worker(parts, heart);
        for (int i = 0; i < parts.settings().slots(); i++) {
            worker.slots.add(Thread.ofVirtual().name("queue-slot-" + i).start(worker::serve));
        }
        return worker;
    }

    public int inFlight() {
        return inFlight.get();
    }

    private void serve() {
        while (!stopping && !gate.draining()) {
            try {
                gate.pass(this::probe);
                Optional<Delivery> delivery = gate.draining()
                        ? Optional.empty()
                        : parts.engine().queue().next(ONE_WAIT);
                if (delivery.isPresent()) {
                    handle(delivery.get());
                }
            } catch (InterruptedException _) {
                // Told to stop, which the condition of the loop knows too.
            } catch (MayflyException e) {
                gate.shut(e);
            } catch (RuntimeException e) {
                parts.log().error().cause(e).log("a slot failed unexpectedly");
            }
        }
    }

    private void probe() {
        parts.runner().requireReady();
        heart.beat();
    }

    private void handle(Delivery delivery) throws InterruptedException {
        parts.events().inFlight(inFlight.incrementAndGet());
        try {
            handler.handle(delivery);
        } catch (MayflyException e) {
            gate.shut(e);
            letComeAgain(delivery);
        } catch (RuntimeException e) {
            parts.log().error().with("message", delivery.number()).cause(e).log("a message was not handled");
            buryPoison(delivery, e);
        } finally {
            parts.events().inFlight(inFlight.decrementAndGet());
        }
    }

    /** A message that makes us fail in ways we do not know must not do so for ever. */
    private void buryPoison(Delivery delivery, RuntimeException failure) {
        if (delivery.count() < parts.settings().maxAttempts()) {
            letComeAgain(delivery);
            return;
        }
        parts.engine().queue().bury(delivery, Optional.empty(), "handling it fails: " + failure);
        parts.events().deadLetter();
    }

    private void letComeAgain(Delivery delivery) {
        try {
            delivery.retry(parts.settings().backoff().after(delivery.count()));
        } catch (MayflyException e) {
            parts.log().debug().with("why", e.why()).log("the message comes again by itself");
        }
    }

    /**
     * Takes no more messages and waits for those at hand.
     *
     * @return false when some were still running after this time
     */
    public boolean drain(Duration most) throws InterruptedException {
        gate.drain();
        long end = parts.ticker().nanos() + most.toNanos();
        for (Thread slot : slots) {
            Duration left = Duration.ofNanos(Math.max(1, end - parts.ticker().nanos()));
            if (!slot.join(left)) {
                return false;
            }
        }
        return true;
    }

    /** Ends at once: what runs is interrupted, and given back or ended as its kind demands. */
    @Override
    public void close() {
        gate.drain();
        stopping = true;
        slots.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread slot : slots) {
            try {
                if (!slot.join(STOP_LIMIT)) {
                    parts.log().warn().with("slot", slot.getName()).log("a slot did not stop in time");
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        heart.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
