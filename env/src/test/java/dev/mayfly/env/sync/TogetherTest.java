package dev.mayfly.env.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TogetherTest {
    @Test
    void so_many_run_at_once_and_never_more() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        new Together(3).each(IntStream.range(0, 50).boxed().toList(), _ -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            three.countDown();
            try {
                three.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            running.decrementAndGet();
            done.incrementAndGet();
        });
        assertThat(most).hasValue(3);
        assertThat(done).hasValue(50);
    }

    @Test
    void the_first_failure_ends_it_and_reaches_the_caller() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(() -> new Together(1).each(List.of(1, 2, 3, 4), item -> {
                    begun.incrementAndGet();
                    if (item == 2) {
                        throw new IllegalStateException("two");
                    }
                }))
                .hasMessage("two");
        assertThat(begun).hasValue(2);
    }
}
