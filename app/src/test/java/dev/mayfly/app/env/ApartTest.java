package dev.mayfly.app.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ApartTest {
    @Test
    void it_gives_back_what_comes_of_the_work() throws InterruptedException {
        assertThat(Apart.run(() -> Thread.currentThread().getName(), () -> {})).isEqualTo("work");
        assertThatThrownBy(() -> Apart.run(
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("broken");
    }

    @Test
    void an_interrupt_asks_the_work_to_stop_and_does_not_reach_it() {
        CountDownLatch asked = new CountDownLatch(1);
        AtomicBoolean reached = new AtomicBoolean();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Apart.run(
                        () -> {
                            await(asked);
                            reached.set(Thread.currentThread().isInterrupted());
                            throw new IllegalStateException("stopped");
                        },
                        asked::countDown))
                .isInstanceOf(InterruptedException.class)
                .hasRootCauseMessage("stopped");
        assertThat(reached).isFalse();
    }

    @Test
    void work_that_is_done_although_it_was_asked_to_stop_is_done() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        Thread.currentThread().interrupt();
        assertThat(Apart.run(
                        () -> {
                            await(asked);
                            return "done";
                        },
                        asked::countDown))
                .isEqualTo("done");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
