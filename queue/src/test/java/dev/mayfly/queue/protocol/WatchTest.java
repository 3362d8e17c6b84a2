package dev.mayfly.queue.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class WatchTest {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final FakeTime time = FakeTime.standing();
    private final Watch watch = new Watch(time, LEASE);

    @Test
    void the_first_look_never_says_that_somebody_stopped() {
        time.advance(Duration.ofDays(100));
        assertThat(watch.hasStopped("e", OptionalLong.of(1), Duration.ZERO)).isFalse();
        assertThat(watch.hasStopped("f", OptionalLong.empty(), Duration.ZERO)).isFalse();
    }

    @Test
    void only_lease_and_longest_run_without_a_beat_are_enough() {
        watch.hasStopped("e", OptionalLong.of(1), LONGEST);
        time.advance(LEASE.plus(LONGEST).minusNanos(1));
        assertThat(watch.hasStopped("e", OptionalLong.of(1), LONGEST)).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(watch.hasStopped("e", OptionalLong.of(1), LONGEST)).isTrue();
    }

    @Test
    void a_new_beat_begins_anew() {
        watch.hasStopped("e", OptionalLong.of(1), LONGEST);
        time.advance(LEASE.plus(LONGEST));
        assertThat(watch.hasStopped("e", OptionalLong.of(2), LONGEST)).isFalse();
        time.advance(LEASE.plus(LONGEST).minusNanos(1));
        assertThat(watch.hasStopped("e", OptionalLong.of(2), LONGEST)).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(watch.hasStopped("e", OptionalLong.of(2), LONGEST)).isTrue();
    }

    @Test
    void who_never_beat_is_watched_like_anybody_else() {
        watch.hasStopped("e", OptionalLong.empty(), LONGEST);
        time.advance(LEASE.plus(LONGEST));
        assertThat(watch.hasStopped("e", OptionalLong.empty(), LONGEST)).isTrue();
        assertThat(watch.hasStopped("e", OptionalLong.of(1), LONGEST)).isFalse();
    }

    @Test
    void a_short_job_of_an_owner_is_free_before_a_long_one() {
        watch.hasStopped("e", OptionalLong.of(1), LONGEST);
        time.advance(LEASE.plusSeconds(1));
        assertThat(watch.hasStopped("e", OptionalLong.of(1), Duration.ofSeconds(1)))
                .isTrue();
        assertThat(watch.hasStopped("e", OptionalLong.of(1), LONGEST)).isFalse();
    }

    @Test
    void forgetting_too_many_owners_only_delays() {
        watch.hasStopped("first", OptionalLong.of(1), LONGEST);
        for (int other = 0; other < 10_000; other++) {
            watch.hasStopped("other " + other, OptionalLong.of(1), LONGEST);
        }
        time.advance(LEASE.plus(LONGEST));
        assertThat(watch.hasStopped("first", OptionalLong.of(1), LONGEST)).isFalse();
        time.advance(LEASE.plus(LONGEST));
        assertThat(watch.hasStopped("first", OptionalLong.of(1), LONGEST)).isTrue();
    }
}
