package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AheadTest {
    private final Ahead ahead = new Ahead();

    @Test
    void work_goes_on_while_the_caller_does_something_else() throws InterruptedException {
        CountDownLatch callerWentOn = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ahead.begin("ahead-test", () -> {
            if (awaits(callerWentOn)) {
                done.countDown();
            }
        });
        callerWentOn.countDown();

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        ahead.close();
    }

    @Test
    void a_failure_is_left_for_whoever_needs_the_part() {
        CountDownLatch begun = new CountDownLatch(1);
        ahead.begin("ahead-test", () -> {
            begun.countDown();
            throw new IllegalStateException("nobody has asked yet");
        });

        assertThat(awaits(begun)).isTrue();
        ahead.close();
    }

    @Test
    void closing_interrupts_what_still_goes_on_and_waits_for_its_end() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean tidied = new AtomicBoolean();
        ahead.begin("ahead-test", () -> {
            begun.countDown();
            if (!awaits(new CountDownLatch(1))) {
                tidied.set(true);
            }
        });
        assertThat(awaits(begun)).isTrue();

        ahead.close();

        assertThat(tidied).isTrue();
    }

    @Test
    void an_interrupt_of_the_one_who_closes_is_kept_for_it() {
        CountDownLatch begun = new CountDownLatch(1);
        ahead.begin("ahead-test", () -> {
            begun.countDown();
            boolean _ = awaits(new CountDownLatch(1));
        });
        assertThat(awaits(begun)).isTrue();
        Thread.currentThread().interrupt();

        ahead.close();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void nothing_is_begun_after_the_end() {
        AtomicBoolean ran = new AtomicBoolean();
        ahead.close();

        ahead.begin("ahead-test", () -> ran.set(true));
        ahead.close();

        assertThat(ran).isFalse();
    }

    /** True when it was released, false when the thread was interrupted; a minute at most. */
    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            return false;
        }
    }
}
