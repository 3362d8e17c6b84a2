package dev.mayfly.fleet.host;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.agent.AgentOutput;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Carries out what the core wants of the back end, and tells it what came of it. */
final class Machines {
    /** The core's deadlines end a wait by destroying the machine; this is only how long one look lasts. */
    private static final Duration ONE_LOOK = Duration.ofMinutes(10);

    /** What is under way about one attempt. */
    private static final class Care {
        /** Held while a machine is made or destroyed, so that none is made after it was destroyed. */
        final ReentrantLock lock = new ReentrantLock();

        final Set<Thread> watchers = ConcurrentHashMap.newKeySet();
        volatile boolean over;
    }

    private final Backend backend;
    private final Semaphore gate;
    private final Runnable taken;
    private final Consumer<Attempt> started;
    private final Consumer<AgentInput> news;
    private final Log log;
    private final Map<Attempt, Care> cares = new ConcurrentHashMap<>();

    /**
     * @param gate whoever boots or restores a machine has a permit until it is ready: many at once would starve each other
     * @param started called for each machine that was made and is ready
     * @param taken called after a machine that stood ready was given away
     */
    Machines(
            Backend backend,
            Semaphore gate,
            Runnable taken,
            Consumer<Attempt> started,
            Consumer<AgentInput> news,
            Log log) {
        this.backend = backend;
        this.gate = gate;
        this.taken = taken;
        this.started = started;
        this.news = news;
        this.log = log;
    }

    Set<Attempt> survey() {
        return backend.survey();
    }

    private interface Watch {
        void run(Care care) throws InterruptedException;
    }

    private void watch(Attempt attempt, Watch watch) {
        Care care = cares.computeIfAbsent(attempt, _ -> new Care());
        Thread thread = Thread.ofVirtual().name("runner-" + attempt).unstarted(() -> {
            try {
                if (!care.over) {
                    watch.run(care);
                }
            } catch (InterruptedException e) {
                log.debug().with("attempt", attempt).log("nobody waits for this machine any more");
            } catch (MayflyException e) {
                if (!care.over) {
                    news.accept(new AgentInput.Broken(attempt, e.why()));
                }
            } catch (RuntimeException e) {
                log.error().with("attempt", attempt).cause(e).log("a bug in the back end");
                news.accept(new AgentInput.Broken(attempt, "a bug in the back end: " + e));
            } finally {
                care.watchers.remove(Thread.currentThread());
            }
        });
        care.watchers.add(thread);
        thread.start();
    }

    void make(Command.Create order) {
        Attempt attempt = order.attempt();
        Plan plan = new Plan(attempt, order.name(), order.type(), order.identity());
        watch(attempt, care -> {
            Optional<Address> ready = unlessOver(care, () -> backend.take(plan)).flatMap(Function.identity());
            if (ready.isPresent()) {
                taken.run();
                news.accept(new AgentInput.Booted(attempt));
                news.accept(new AgentInput.Ready(attempt, ready.get()));
                started.accept(attempt);
                return;
            }
            gate.acquire();
            try {
                boolean made = unlessOver(care, () -> {
                            requireRoom(plan);
                            backend.make(plan);
                            return true;
                        })
                        .isPresent();
                if (made) {
                    awaitReady(attempt);
                    started.accept(attempt);
                }
            } finally {
                gate.release();
            }
        });
    }

    private <T> Optional<T> unlessOver(Care care, Supplier<T> work) throws InterruptedException {
        care.lock.lockInterruptibly();
        try {
            return care.over ? Optional.empty() : Optional.of(work.get());
        } finally {
            care.lock.unlock();
        }
    }

    /** Machines that stand ready and are of another size make room for one that is wanted. */
    private void requireRoom(Plan plan) {
        if (backend.refusal(plan.type()).isPresent() && !backend.standing().isEmpty()) {
            backend.dismiss();
        }
        backend.refusal(plan.type()).ifPresent(why -> {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED,
                    "no machine can be made for " + plan.attempt(),
                    why,
                    "wait until others are gone, or ask for a smaller size");
        });
    }

    private void awaitReady(Attempt attempt) throws InterruptedException {
        news.accept(new AgentInput.Booted(attempt));
        news.accept(new AgentInput.Ready(attempt, backend.awaitReady(attempt, ONE_LOOK)));
    }

    void adopt(AgentOutput.Adopt adopt) {
        watch(adopt.attempt(), _ -> {
            awaitReady(adopt.attempt());
            if (adopt.started()) {
                awaitEnd(adopt.attempt());
            }
        });
    }

    void begin(AgentOutput.Begin begin) {
        watch(begin.attempt(), _ -> {
            backend.begin(begin.attempt(), begin.script());
            awaitEnd(begin.attempt());
        });
    }

    private void awaitEnd(Attempt attempt) throws InterruptedException {
        OptionalInt exit = OptionalInt.empty();
        while (exit.isEmpty()) {
            exit = backend.awaitEnd(attempt, ONE_LOOK);
        }
        news.accept(new AgentInput.ScriptEnded(attempt, exit.getAsInt()));
    }

    void destroy(Attempt attempt) {
        Care care = cares.computeIfAbsent(attempt, _ -> new Care());
        care.over = true;
        Thread.ofVirtual().name("destroy-" + attempt).start(() -> {
            // Whoever makes it now is let finish; whoever waits for it need not any more.
            care.lock.lock();
            try {
                care.watchers.forEach(Thread::interrupt);
                backend.destroy(attempt);
                news.accept(new AgentInput.Destroyed(attempt));
                cares.remove(attempt, care);
            } catch (MayflyException e) {
                news.accept(new AgentInput.NotDestroyed(attempt, e.why()));
            } catch (RuntimeException e) {
                log.error().with("attempt", attempt).cause(e).log("a bug in the back end");
                news.accept(new AgentInput.NotDestroyed(attempt, "a bug in the back end: " + e));
            } finally {
                care.lock.unlock();
            }
        });
    }

    /** Lets machines be. */
    void leave() {
        cares.values().forEach(care -> {
            care.over = true;
            care.watchers.forEach(Thread::interrupt);
        });
    }
}
