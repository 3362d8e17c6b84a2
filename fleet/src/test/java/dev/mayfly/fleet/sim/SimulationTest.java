package dev.mayfly.fleet.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -Dmayfly.fleet.seeds=N} for more runs, {@code -Dmayfly.fleet.seed=N} for one of them. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("mayfly.fleet.seeds", 300);

    /** So many runs without a fence, at most, until one of them goes wrong. */
    private static final int RUNS_OF_A_MUTATION = 3_000;

    @Test
    void whatever_dies_each_runner_has_one_owner_each_call_one_truthful_answer_and_nothing_is_left() {
        Optional<Long> only = Optional.ofNullable(Long.getLong("mayfly.fleet.seed"));
        int scripts = 0;
        int ready = 0;
        int lost = 0;
        int kills = 0;
        for (long seed = only.orElse(1L); seed <= only.orElse((long) SEEDS); seed++) {
            Observer seen = run(seed);
            scripts += seen.scripts;
            ready += seen.readyAnswers;
            lost += seen.lostAnswers;
            kills += seen.kills;
        }
        if (only.isEmpty()) {
            // The faults were there, and work was done all the same.
            assertThat(scripts).isGreaterThan(SEEDS);
            assertThat(ready).isGreaterThanOrEqualTo(scripts);
            assertThat(lost).isGreaterThan(SEEDS / 10);
            assertThat(kills).isGreaterThan(SEEDS / 10);
        }
    }

    private static Observer run(long seed) {
        try {
            return new Simulation(seed, Mutation.NONE).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + " (-Dmayfly.fleet.seed=" + seed + "): " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void without_one_of_its_fences_some_run_goes_wrong(Mutation mutation) {
        OptionalLong wrong = LongStream.rangeClosed(1, RUNS_OF_A_MUTATION)
                .filter(seed -> goesWrong(seed, mutation))
                .findFirst();
        assertThat(wrong).as("a seed that shows that %s is needed", mutation).isPresent();
    }

    private static boolean goesWrong(long seed, Mutation mutation) {
        try {
            new Simulation(seed, mutation).run();
            return false;
        } catch (AssertionError | IllegalStateException e) {
            return true;
        }
    }
}
