package dev.mayfly.queue.worker;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What may go wrong before and after each call of a port, as long as faults are on; a seeded chance decides. */
final class SimFaults {
    private final SimTasks tasks;
    private final FakeTime time;
    private final RandomGenerator random;
    private final double rate;
    private boolean on = true;

    SimFaults(SimTasks tasks, FakeTime time, RandomGenerator random, double rate) {
        this.tasks = tasks;
        this.time = time;
        this.random = random;
        this.rate = rate;
    }

    void stop() {
        on = false;
    }

    void resume() {
        on = true;
    }

    /** True once in so many times, while faults are on. */
    boolean strikes(double share) {
        return on && random.nextDouble() < rate * share;
    }

    <T> T call(SimTasks.Process process, Supplier<T> effect) {
        around(process);
        T value = effect.get();
        around(process);
        return value;
    }

    void run(SimTasks.Process process, Runnable effect) {
        call(process, () -> {
            effect.run();
            return true;
        });
    }

    /** One moment between two effects: others move, and the process may stand still, die, or lose the connection. */
    private void around(SimTasks.Process process) {
        pause(process);
        if (strikes(0.3)) {
            process.kill();
            throw new SimTasks.Crash();
        }
        if (strikes(1)) {
            throw new MayflyException(ErrorCode.QUEUE_UNREACHABLE, "no connection", "a fault of the test", "wait");
        }
    }

    /** Right after a claim, a process may stand still for as long as it takes others to hold it for dead. */
    void stallAfterClaim(SimTasks.Process process) {
        if (strikes(8)) {
            Duration silence = Simulation.SETTINGS.lease().plus(SimRunner.LONGEST);
            process.freezeUntil(time.nanos()
                    + silence.toNanos()
                    + random.nextLong(Duration.ofSeconds(4).toNanos()));
        }
    }

    void pause(SimTasks.Process process) {
        if (strikes(0.2)) {
            process.freezeUntil(
                    time.nanos() + random.nextLong(Duration.ofSeconds(20).toNanos()));
        }
        tasks.sleep(Duration.ofMillis(random.nextInt(3)));
    }
}
