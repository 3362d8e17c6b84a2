package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LazyTest {
    private final List<String> told = new ArrayList<>();
    private final Lazy.Made made = new Lazy.Made();

    private Lazy<AutoCloseable> part(String name) {
        return new Lazy<>(made, () -> {
            told.add("made " + name);
            return () -> told.add("closed " + name);
        });
    }

    @Test
    void a_part_is_made_once_when_first_needed_and_closed_in_reverse_order() {
        Lazy<AutoCloseable> first = part("a");
        Lazy<AutoCloseable> second = part("b");
        Lazy<AutoCloseable> never = part("c");

        assertThat(first.get()).isSameAs(first.get());
        second.get();
        made.close();
        made.close();

        assertThat(never).isNotNull();
        assertThat(told).containsExactly("made a", "made b", "closed b", "closed a");
    }

    @Test
    void many_threads_get_the_same_part() throws Exception {
        Lazy<AutoCloseable> part = part("a");
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<AutoCloseable>> got = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                got.add(threads.submit(() -> {
                    go.await();
                    return part.get();
                }));
            }
            go.countDown();
            for (Future<AutoCloseable> one : got) {
                assertThat(one.get()).isSameAs(part.get());
            }
        }
        assertThat(told).containsExactly("made a");
    }

    @Test
    void a_part_that_could_not_be_made_is_tried_again() {
        List<Integer> tries = new ArrayList<>();
        Lazy<String> part = new Lazy<>(made, () -> {
            tries.add(1);
            if (tries.size() == 1) {
                throw new IllegalStateException("not yet");
            }
            return "there";
        });

        assertThatThrownBy(part::get).hasMessage("not yet");
        assertThat(part.get()).isEqualTo("there");
    }

    @Test
    void a_part_that_fails_to_close_does_not_keep_others_open() {
        part("a").get();
        new Lazy<AutoCloseable>(made, () -> () -> {
                    throw new IllegalStateException("stuck");
                })
                .get();

        assertThatThrownBy(made::close).hasMessage("stuck");
        assertThat(told).contains("closed a");
    }

    @Test
    void nothing_is_made_after_the_end_and_left_open() {
        made.close();
        Lazy<AutoCloseable> late = part("late");

        assertThatThrownBy(late::get).isInstanceOf(IllegalStateException.class);
        assertThat(told).contains("closed late");
    }
}
