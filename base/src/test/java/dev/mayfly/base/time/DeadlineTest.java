package dev.mayfly.base.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void what_is_left_shrinks_to_zero_also_across_the_wrap_of_the_ticker() {
        for (long start : new long[] {0, -5_000_000, Long.MAX_VALUE - 1_000_000}) {
            AtomicLong now = new AtomicLong(start);
            Deadline deadline = Deadline.in(Duration.ofMillis(3), now::get);
            assertThat(deadline.left()).isEqualTo(Duration.ofMillis(3));
            now.addAndGet(2_000_000);
            assertThat(deadline.left()).isEqualTo(Duration.ofMillis(1));
            assertThat(deadline.passed()).isFalse();
            now.addAndGet(1_000_000);
            assertThat(deadline.left()).isZero();
            assertThat(deadline.passed()).isTrue();
            now.addAndGet(1_000_000);
            assertThat(deadline.left()).isZero();
        }
    }
}
