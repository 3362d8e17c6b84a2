package dev.mayfly.fleet.backend.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.BackendContract;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FakeBackendTest extends BackendContract {
    private final FakeHost host = new FakeHost(
            Ticker.system(), new FakeTimes(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(5)));

    @Override
    protected Backend open() {
        return new FakeBackend(host);
    }

    @Override
    protected void kill(Attempt attempt) {
        host.kill(attempt);
    }

    @Test
    void steps_take_the_time_that_was_said() throws Exception {
        FakeTime time = FakeTime.standing();
        FakeHost slow =
                new FakeHost(time, new FakeTimes(Duration.ofSeconds(1), Duration.ofSeconds(9), Duration.ofSeconds(60)));
        try (Backend backend = new FakeBackend(slow)) {
            backend.make(plan(ATTEMPT));
            fails(() -> backend.awaitReady(ATTEMPT, Duration.ZERO));
            time.advance(Duration.ofSeconds(10));
            backend.awaitReady(ATTEMPT, Duration.ZERO);
            backend.begin(ATTEMPT, "true");
            time.advance(Duration.ofSeconds(59));
            assertThat(backend.awaitEnd(ATTEMPT, Duration.ZERO)).isEmpty();
            time.advance(Duration.ofSeconds(1));
            assertThat(backend.awaitEnd(ATTEMPT, Duration.ZERO)).hasValue(0);
        }
    }

    @Test
    void whoever_waits_hears_at_once_that_it_was_destroyed() {
        FakeHost slow = new FakeHost(
                Ticker.system(), new FakeTimes(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1)));
        try (Backend backend = new FakeBackend(slow)) {
            backend.make(plan(ATTEMPT));
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(
                    () -> fails(() -> backend.awaitReady(ATTEMPT, PATIENCE)), Thread::startVirtualThread);
            backend.destroy(ATTEMPT);
            waiting.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
        }
    }
}
