package dev.mayfly.bench.env;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RouterLoadTest {
    @Test
    void no_answer_is_of_another_tree_and_almost_all_come_from_pins() {
        RouterLoad.Result result = RouterLoad.run(200_000, 3);

        assertThat(result.wrong()).isZero();
        assertThat(result.asked()).isGreaterThanOrEqualTo(200_000);
        assertThat(result.hitShare()).isBetween(0.99, 1.0);
        assertThat(result.nanosPerHit()).isPositive();
    }
}
