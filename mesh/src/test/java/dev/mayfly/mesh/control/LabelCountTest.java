package dev.mayfly.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelCountTest {
    @Test
    void so_many_flows_are_needed_as_the_equation_of_the_paper_gives() {
        int[][] pathsAndFlows = {
            {4, 13, 21}, {8, 33, 51}, {16, 79, 115}, {32, 181, 255}, {64, 408, 557}, {128, 906, 1206}
        };
        for (int[] row : pathsAndFlows) {
            assertThat(LabelCount.needed(row[0], 0.9)).isEqualTo(row[1]);
            assertThat(LabelCount.needed(row[0], 0.99)).isEqualTo(row[2]);
        }
        assertThat(LabelCount.needed(1, 0.99)).isEqualTo(1);
    }

    @Test
    void flows_thrown_at_random_cross_all_paths_as_often_as_it_says() {
        Random random = new Random(5);
        int all = 0;
        int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            int crossed = 0;
            for (int flow = 0; flow < 20; flow++) {
                crossed |= 1 << random.nextInt(6);
            }
            all += crossed == (1 << 6) - 1 ? 1 : 0;
        }
        assertThat((double) all / rounds).isCloseTo(LabelCount.probability(6, 20), within(0.01));
    }
}
