package dev.mayfly.queue.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void waits_longer_after_each_attempt_and_repeats_the_last_delay() {
        assertThat(Backoff.DEFAULT.after(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Backoff.DEFAULT.after(2)).isEqualTo(Duration.ofSeconds(5));
        assertThat(Backoff.DEFAULT.after(3)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Backoff.DEFAULT.after(4)).isEqualTo(Duration.ofSeconds(120));
        assertThat(Backoff.DEFAULT.after(5)).isEqualTo(Duration.ofSeconds(120));
        assertThat(Backoff.DEFAULT.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void counts_that_a_server_got_wrong_give_the_first_delay() {
        assertThat(Backoff.DEFAULT.after(0)).isEqualTo(Duration.ofSeconds(1));
        assertThat(Backoff.DEFAULT.after(Integer.MIN_VALUE)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void no_delays_and_negative_ones_are_refused() {
        assertThatThrownBy(() -> new Backoff(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(List.of(Duration.ofMillis(-1))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
