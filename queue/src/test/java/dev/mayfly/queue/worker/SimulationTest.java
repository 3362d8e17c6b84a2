package dev.mayfly.queue.worker;

import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** {@code -Dmayfly.sim.seeds=N} for more runs, {@code -Dmayfly.sim.seed=N} for one of them. */
final class SimulationTest {
    private static final int SEEDS = Integer.getInteger("mayfly.sim.seeds", 2_000);
    private static final long ONE = Long.getLong("mayfly.sim.seed", -1);

    @Test
    void whatever_dies_stalls_or_is_lost_each_job_gets_one_answer_and_never_runs_twice_at_once() throws Exception {
        LongStream seeds = ONE >= 0 ? LongStream.of(ONE) : LongStream.range(0, SEEDS);
        AtomicReference<AssertionError> failure = new AtomicReference<>();
        // A virtual thread, because handing the turn from one to the other is what takes the time.
        Thread all = Thread.ofVirtual()
                .start(() -> seeds.takeWhile(_ -> failure.get() == null).forEach(seed -> {
                    try {
                        new Simulation(seed).run();
                    } catch (Throwable e) {
                        failure.set(new AssertionError("seed " + seed + ": " + e, e));
                    }
                }));
        all.join();
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
