package dev.mayfly.env.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ActivityTest {
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final AtomicLong now = new AtomicLong();
    private final Activity activity = new Activity(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void who_is_idle_long_enough_and_unneeded_is_retired_and_takes_no_more_work() {
        pass(IDLE.minusNanos(1));
        assertThat(activity.retire(IDLE, () -> true)).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(activity.retire(IDLE, () -> false)).isFalse();
        assertThat(activity.enter()).isPresent().get().satisfies(Activity.Work::close);
        assertThat(activity.retire(IDLE, () -> true))
                .as("time counts from the last work")
                .isFalse();
        pass(IDLE);
        assertThat(activity.retire(IDLE, () -> true)).isTrue();
        assertThat(activity.enter()).isEmpty();
    }

    @Test
    void who_works_is_not_idle_however_long_it_takes() throws InterruptedException {
        Activity.Work work = activity.enter().orElseThrow();
        pass(IDLE.multipliedBy(3));
        assertThat(activity.retire(IDLE, () -> true)).isFalse();
        activity.retire();
        assertThat(activity.drain(Duration.ZERO)).isFalse();
        work.close();
        assertThat(activity.drain(Duration.ZERO)).isTrue();
    }
}
