package dev.mayfly.queue.worker;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Deadline;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves a queue with a number of slots, each a thread that holds one message at a time: a worker never has more
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
    private final QueueEngine.Overhearing overhearing;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Thread> slots = new ArrayList<>();
    private final Set<Thread> waiters = new HashSet<>();
    private final Failures failures = new Failures();
    private volatile boolean stopping;

    private Worker(Parts parts, Heart heart) {
        this.parts = parts;
        this.heart = heart;
        this.gate = new Gate(parts.events(), parts.log());
        Owners owners =
                new Owners(parts.me(), parts.engine().ledger(), parts.obituary(), parts.ticker(), parts.settings());
        Teller teller = new Teller(parts.engine(), parts.events(), parts.trials(), parts.clock(), parts.log());
        this.handler = new JobHandler(parts, owners, heart, gate, teller, Thread::sleep);
        this.overhearing = parts.settings().replay()
                ? parts.engine()
                        .overhear(new Echo(parts.runner(), parts.engine().ledger(), teller, parts.events()))
                : QueueEngine.Overhearing.NOTHING;
    }

    /** @throws MayflyException when queue or ledger do not work now */
    public static Worker start(Parts parts) {
        Heart heart = Heart.start(parts.me(), parts.engine().ledger(), parts.ticker(), parts.settings(), parts.log());
        Worker worker = new Worker(parts, heart);
        // Platform threads: there are few, and each step of a job waits for a store or a socket, where a virtual one
        // would
        // pin its carrier or be woken by way of two other threads.
        for (int i = 0; i < parts.settings().slots(); i++) {
            worker.slots.add(
                    Thread.ofPlatform().daemon().name("queue-slot-" + i).start(worker::serve));
        }
        return worker;
    }

    public int inFlight() {
        return inFlight.get();
    }

    private void serve() {
        while (!stopping && !gate.draining()) {
            try {
                Optional<Delivery> delivery = waiting(this::next);
                if (delivery.isPresent()) {
                    handle(delivery.get());
                }
            } catch (InterruptedException _) {
                // Told to stop, which the condition of the loop knows too.
            } catch (MayflyException e) {
                gate.shut(e);
            } catch (RuntimeException e) {
                parts.log().error().cause(e).log("a slot failed unexpectedly");
                gate.shut(unexpected(e));
            }
        }
    }

    private Optional<Delivery> next() throws InterruptedException {
        gate.pass(this::probe);
        return gate.draining() ? Optional.empty() : parts.engine().queue().next(ONE_WAIT);
    }

    private void probe() {
        parts.runner().requireReady();
        heart.beat();
    }

    /** What a slot does while it has nothing in hands: only that may be interrupted when we close. */
    private Optional<Delivery> waiting(Waiting call) throws InterruptedException {
        synchronized (waiters) {
            if (stopping) {
                throw new InterruptedException();
            }
            waiters.add(Thread.currentThread());
        }
        try {
            return call.call();
        } finally {
            synchronized (waiters) {
                waiters.remove(Thread.currentThread());
                Thread.interrupted();
            }
        }
    }

    @FunctionalInterface
    private interface Waiting {
        Optional<Delivery> call() throws InterruptedException;
    }

    private void handle(Delivery delivery) throws InterruptedException {
        if (gate.draining()) {
            // It came while we were told to take no more.
            delivery.retry(Duration.ZERO);
            return;
        }
        parts.events().inFlight(inFlight.incrementAndGet());
        try {
            handler.handle(delivery);
            failures.forget(delivery.number());
        } catch (MayflyException e) {
            gate.shut(e);
            letComeAgain(delivery);
        } catch (RuntimeException | StackOverflowError e) {
            parts.log().error().with("message", delivery.number()).cause(e).log("a message was not handled");
            handlePoison(delivery, e);
        } finally {
            parts.events().inFlight(inFlight.decrementAndGet());
        }
    }

    /** A message that makes us fail in ways we do not know must not do so for ever. */
    private void handlePoison(Delivery delivery, Throwable failure) {
        if (failures.count(delivery.number()) < parts.settings().maxAttempts()) {
            letComeAgain(delivery);
            return;
        }
        handler.reject(delivery, unexpected(failure));
        failures.forget(delivery.number());
    }

    private static MayflyException unexpected(Throwable failure) {
        return new MayflyException(
                ErrorCode.INTERNAL,
                "the worker failed unexpectedly",
                failure.toString(),
                "look at its log, and report it",
                failure);
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
        Deadline deadline = Deadline.in(most, Ticker.system());
        for (Thread slot : slots) {
            if (!slot.join(atLeastSome(deadline.left()))) {
                return false;
            }
        }
        return true;
    }

    private static Duration atLeastSome(Duration left) {
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    /**
     * Ends at once: what runs is interrupted, and given back or ended as its kind demands. What comes after a run is not
     * interrupted: an answer that could not be stored because of that would be lost to whoever waits for it.
     */
    @Override
    public void close() {
        gate.drain();
        synchronized (waiters) {
            stopping = true;
            waiters.forEach(Thread::interrupt);
        }
        heart.stopRuns();
        Deadline deadline = Deadline.in(STOP_LIMIT, Ticker.system());
        boolean interrupted = false;
        for (Thread slot : slots) {
            try {
                if (!slot.join(atLeastSome(deadline.left()))) {
                    parts.log().warn().with("slot", slot.getName()).log("a slot did not stop in time");
                }
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        overhearing.close();
        heart.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
