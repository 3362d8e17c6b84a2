package dev.mayfly.env.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.service.Environments.Wanted;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ViewShelfTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger mounted = new AtomicInteger();
    private final AtomicInteger unmounted = new AtomicInteger();
    private final ViewShelf shelf = new ViewShelf(now::get);

    private Wanted view(String name) {
        Digest digest = Digest.of(name.getBytes(StandardCharsets.UTF_8));
        return new Wanted(List.of(digest), List.of(digest), "fake", () -> {
            mounted.incrementAndGet();
            return new Environments.Held() {
                @Override
                public Path path() {
                    return Path.of("/views", name);
                }

                @Override
                public void close() {
                    unmounted.incrementAndGet();
                }
            };
        });
    }

    @Test
    void a_view_is_mounted_once_however_many_want_it_at_once() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var uses = IntStream.range(0, 50)
                    .mapToObj(_ -> threads.submit(() -> {
                        go.await();
                        return shelf.take(view("a"));
                    }))
                    .toList();
            go.countDown();
            for (var use : uses) {
                assertThat(use.get().path()).hasToString("/views/a");
            }
        }
        assertThat(mounted).hasValue(1);
        assertThat(shelf.counts()).isEqualTo(new CacheCounts(49, 1, 1));
        assertThat(shelf.counts().hitRate()).isEqualTo(0.98);
    }

    @Test
    void a_view_stays_while_it_is_used_and_for_a_while_after() {
        ViewShelf.Use use = shelf.take(view("a"));
        now.addAndGet(Duration.ofMinutes(30).toNanos());
        assertThat(shelf.release(Duration.ofMinutes(10))).isZero();
        use.close();
        use.close(); // counts once
        assertThat(shelf.release(Duration.ofMinutes(10))).isZero();
        now.addAndGet(Duration.ofMinutes(10).toNanos());
        assertThat(shelf.release(Duration.ofMinutes(10))).isEqualTo(1);
        assertThat(unmounted).hasValue(1);
        assertThat(shelf.take(view("a")).hit()).isFalse();
        assertThat(mounted).hasValue(2);
    }

    @Test
    void what_cannot_be_mounted_is_tried_again_by_the_next_who_wants_it() {
        Wanted broken = new Wanted(view("a").key(), List.of(), "fake", () -> {
            throw new MayflyException(ErrorCode.VIEW_UNAVAILABLE, "no", "", "");
        });
        assertThatThrownBy(() -> shelf.take(broken)).isInstanceOf(MayflyException.class);
        assertThat(shelf.take(view("a")).hit()).isFalse();
        assertThat(shelf.counts()).isEqualTo(new CacheCounts(0, 2, 1));
    }

    @Test
    void without_a_lookup_the_rate_is_zero_and_not_a_division_by_it() {
        assertThat(shelf.counts().hitRate()).isZero();
    }
}
