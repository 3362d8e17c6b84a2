package dev.mayfly.bench.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.bench.control.PlayedFleet.Standing;
import dev.mayfly.fleet.remote.ManyCalls.Shown;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Standing ONE = new Standing("shoes-vz-1", 7, "one", "host-a", "m1", 1);
    private static final Standing TWO = new Standing("shoes-vz-2", 8, "two", "host-b", "m2", 1);
    private static final Shown SAYS_ONE = new Shown("shoes-vz-1", "one", "host-a", 7, "running", "m1");
    private static final Shown SAYS_TWO = new Shown("shoes-vz-2", "two", "host-b", 8, "running", "m2");
    private static final Set<String> BOTH = Set.of("one", "two");

    private static Comparison compared(List<Standing> now, List<Shown> shown) {
        return Comparison.of(BOTH, List.of(ONE, TWO), now, shown, 0);
    }

    @Test
    void nothing_is_wrong_when_everything_stands_where_the_server_says() {
        assertThat(compared(List.of(ONE, TWO), List.of(SAYS_TWO, SAYS_ONE))).isEqualTo(new Comparison(0, 0, 0, 0));
    }

    @Test
    void what_no_host_has_is_lost_and_stopped() {
        assertThat(compared(List.of(ONE), List.of(SAYS_ONE, SAYS_TWO))).isEqualTo(new Comparison(1, 0, 1, 1));
        assertThat(compared(List.of(ONE), List.of(SAYS_ONE))).isEqualTo(new Comparison(1, 0, 1, 0));
    }

    @Test
    void what_waits_for_leave_was_promised_too_early() {
        Standing waits = new Standing("shoes-vz-2", 8, "two", "host-b", "m2", 0);
        assertThat(compared(List.of(ONE, waits), List.of(SAYS_ONE, SAYS_TWO))).isEqualTo(new Comparison(1, 0, 0, 1));
    }

    @Test
    void what_stands_twice_or_was_started_twice_is_doubled() {
        Standing again = new Standing("shoes-vz-1", 9, "one", "host-c", "m3", 1);
        assertThat(compared(List.of(ONE, TWO, again), List.of(SAYS_ONE, SAYS_TWO)))
                .isEqualTo(new Comparison(0, 1, 0, 0));
        Standing twice = new Standing("shoes-vz-1", 7, "one", "host-a", "m1", 2);
        assertThat(compared(List.of(twice, TWO), List.of(SAYS_ONE, SAYS_TWO))).isEqualTo(new Comparison(0, 1, 0, 0));
        assertThat(Comparison.of(BOTH, List.of(), List.of(ONE, TWO), List.of(SAYS_ONE, SAYS_TWO), 3)
                        .doubled())
                .isEqualTo(3);
    }

    @Test
    void another_host_another_fence_or_nobody_is_a_disagreement() {
        assertThat(compared(List.of(ONE, TWO), List.of(SAYS_ONE)).disagreed()).isEqualTo(1);
        assertThat(compared(
                                List.of(ONE, TWO),
                                List.of(SAYS_ONE, new Shown("shoes-vz-2", "two", "host-b", 9, "running", "m2")))
                        .disagreed())
                .isEqualTo(1);
        assertThat(compared(
                                List.of(ONE, TWO),
                                List.of(SAYS_ONE, new Shown("shoes-vz-2", "two", "host-a", 8, "running", "m2")))
                        .disagreed())
                .isEqualTo(1);
    }
}
