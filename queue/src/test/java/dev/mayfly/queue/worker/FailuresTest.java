package dev.mayfly.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FailuresTest {
    @Test
    void counts_each_message_by_itself_and_forgets_the_oldest_of_too_many() {
        Failures failures = new Failures();
        assertThat(failures.count(1)).isEqualTo(1);
        assertThat(failures.count(1)).isEqualTo(2);
        assertThat(failures.count(2)).isEqualTo(1);
        failures.forget(1);
        assertThat(failures.count(1)).isEqualTo(1);
        for (long other = 10; other < 1_010; other++) {
            failures.count(other);
        }
        assertThat(failures.count(2)).isEqualTo(1);
    }
}
