package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterleavedTest {
    private final List<String> order = new ArrayList<>();

    private Contender contender(String id) {
        return new Contender(id, id, () -> order.add(id));
    }

    @Test
    void contenders_take_turns_in_bursts_and_the_last_burst_is_cut_to_the_count() throws Exception {
        List<Series> series = new Interleaved(List.of(contender("a"), contender("b")), 2).measure(3);

        assertThat(order.subList(0, 2)).containsOnly(order.getFirst());
        assertThat(order.subList(2, 4)).containsOnly(order.get(2)).doesNotContain(order.getFirst());
        assertThat(order.subList(4, 6)).containsExactlyInAnyOrder("a", "b");
        assertThat(series).extracting(Series::count).containsExactly(3L, 3L);
    }

    @Test
    void nobody_always_follows_the_same_neighbour() throws Exception {
        new Interleaved(List.of(contender("a"), contender("b"), contender("c")), 1).measure(20);

        assertThat(String.join("", order)).contains("ab", "ac", "ba", "bc", "ca", "cb");
    }

    @Test
    void warming_up_counts_nothing_and_gives_each_a_turn() throws Exception {
        Interleaved turns = new Interleaved(List.of(contender("a"), contender("b")), 2);
        turns.warmUp(1);

        assertThat(order).containsExactly("a", "b");
        assertThat(turns.measure(0)).allMatch(series -> series.count() == 0);
    }

    @Test
    void a_contender_that_fails_ends_the_measurement() {
        Contender broken = new Contender("a", "a", () -> {
            throw new IllegalStateException("it did not work");
        });

        assertThatThrownBy(() -> new Interleaved(List.of(broken), 1).measure(1)).hasMessage("it did not work");
    }
}
