package dev.mayfly.queue.worker;

import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Threads of which exactly one moves at a time, chosen by a seeded chance, and only up to its next step. The same seed
 * gives the same run. Time passes only here.
 */
final class SimTasks {
    /** How a process ends that is killed: nothing after it happens. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("killed", null, false, false);
        }
    }

    /** What a task does. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** What dies together, and stands still together. */
    static final class Process {
        private final String name;
        private boolean dead;
        private long frozenUntil = Long.MIN_VALUE;

        Process(String name) {
            this.name = name;
        }

        boolean dead() {
            return dead;
        }

        void kill() {
            dead = true;
        }

        void freezeUntil(long nanos) {
            frozenUntil = nanos;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final class Task {
        private final Process process;
        private final Thread thread;
        private long wakeAt;
        private volatile boolean moves;
        private volatile boolean over;

        Task(Process process, Work work) {
            this.process = process;
            this.thread = Thread.ofVirtual().unstarted(() -> {
                try {
                    take();
                    work.run();
                } catch (Crash | InterruptedException _) {
                    // Its process is gone, or it was told to stop.
                } catch (Throwable e) {
                    failure = Optional.of(e);
                } finally {
                    over = true;
                    moves = false;
                    LockSupport.unpark(scheduler);
                }
            });
            wakeAt = time.nanos();
        }

        /** Waits for the turn; an interrupt stays in the flag for whoever asks for it. */
        private void take() {
            boolean interrupted = false;
            while (!moves) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (process.dead) {
                throw new Crash();
            }
        }

        private long readyAt() {
            return process.dead ? Long.MIN_VALUE : Math.max(wakeAt, process.frozenUntil);
        }
    }

    private final FakeTime time;
    private final RandomGenerator random;
    private final List<Task> tasks = new ArrayList<>();
    private final Thread scheduler = Thread.currentThread();
    private Optional<Throwable> failure = Optional.empty();
    private Optional<Task> moving = Optional.empty();

    SimTasks(FakeTime time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    void start(Process process, Work work) {
        Task task = new Task(process, work);
        tasks.add(task);
        task.thread.start();
    }

    /** Called by a task: anything may happen elsewhere before this returns. */
    void step() {
        sleep(Duration.ZERO);
    }

    /** Called by a task: as {@link #step}, and at least this time passes. */
    void sleep(Duration least) {
        Task me = moving.orElseThrow();
        me.wakeAt = time.nanos() + least.toNanos();
        me.moves = false;
        LockSupport.unpark(scheduler);
        me.take();
    }

    /** Called by the scheduler: one task makes one step. False when there is none left. */
    boolean move() throws Throwable {
        tasks.removeIf(task -> task.over);
        if (tasks.isEmpty()) {
            return false;
        }
        List<Task> ready =
                tasks.stream().filter(task -> task.readyAt() <= time.nanos()).toList();
        if (ready.isEmpty()) {
            long next = tasks.stream().mapToLong(Task::readyAt).min().orElseThrow();
            time.advance(Duration.ofNanos(next - time.nanos()));
            return true;
        }
        Task chosen = ready.get(random.nextInt(ready.size()));
        moving = Optional.of(chosen);
        chosen.moves = true;
        LockSupport.unpark(chosen.thread);
        while (chosen.moves) {
            LockSupport.park(this);
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return true;
    }

    /** Kills everything that is left, so that no thread stays behind. */
    void end() throws Throwable {
        tasks.forEach(task -> task.process.kill());
        while (move()) {
            failure = Optional.empty();
        }
    }
}
