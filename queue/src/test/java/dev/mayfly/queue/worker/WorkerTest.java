package dev.mayfly.queue.worker;

import static dev.mayfly.queue.fake.ScriptedRunner.failure;
import static dev.mayfly.queue.fake.ScriptedRunner.green;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.WorkerCondition;
import dev.mayfly.queue.protocol.Backoff;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threads of a worker. What they wait for is told to them, so nothing here depends on how fast the machine is. */
@Timeout(60)
final class WorkerTest {
    private static final WorkerSettings SETTINGS = new WorkerSettings(
            2,
            3,
            new Backoff(List.of(Duration.ZERO)),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ZERO,
            true);

    private final FakeTime time = FakeTime.standing();
    private final MemoryEngine engine = new MemoryEngine(time, SETTINGS.ackWait(), Duration.ofMinutes(2));
    private final ScriptedRunner runner = new ScriptedRunner("policy");
    private final CountingEvents events = new CountingEvents();
    private final CountDownLatch runs = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final Worker worker = Worker.start(new Worker.Parts(
            new Epoch("me", "home", "1"),
            engine,
            runner,
            _ -> false,
            events,
            SETTINGS,
            Trials.none(),
            time.clock(),
            Ticker.system(),
            Log.off()));

    @AfterEach
    void close() {
        mayEnd.countDown();
        worker.close();
        engine.close();
    }

    private void publish(String request) {
        engine.queue().publish(new Message("s", runner.id(request).value(), ScriptedRunner.bytes(request)));
    }

    private void awaitEmptyLine() throws InterruptedException {
        while (!engine.queue().inLine().isEmpty()) {
            Thread.sleep(1);
        }
    }

    private JobEntry row(String request) {
        return engine.ledger().find(runner.id(request)).orElseThrow();
    }

    private Answer blocked() throws InterruptedException {
        runs.countDown();
        mayEnd.await();
        return green("at last");
    }

    @Test
    void many_messages_are_served_by_few_slots() throws InterruptedException {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        runner.does((request, _) -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(1);
            now.decrementAndGet();
            return green(request);
        });
        for (int job = 0; job < 50; job++) {
            publish("job " + job);
        }
        awaitEmptyLine();
        assertThat(engine.ledger().all()).hasSize(50).allMatch(row -> row.state() == JobState.DONE);
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void draining_lets_what_runs_come_to_its_end_and_takes_nothing_more() throws InterruptedException {
        runner.does((_, _) -> blocked());
        publish("job");
        runs.await();
        assertThat(worker.drain(Duration.ofMillis(1))).isFalse();
        publish("too late");
        mayEnd.countDown();
        assertThat(worker.drain(Duration.ofSeconds(30))).isTrue();
        assertThat(row("job").answer()).contains(green("at last"));
        assertThat(engine.queue().inLine())
                .containsExactly(runner.id("too late").value());
        assertThat(events.conditions).last().isEqualTo(WorkerCondition.DRAINING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "effectful job"})
    void closing_interrupts_what_runs(String request) throws InterruptedException {
        runner.does((_, _) -> blocked());
        publish(request);
        runs.await();
        worker.close();
        assertThat(row(request).state())
                .isEqualTo(request.startsWith("effectful") ? JobState.INDETERMINATE : JobState.QUEUED);
        assertThat(worker.inFlight()).isZero();
    }

    @Test
    void closing_does_not_interrupt_who_stores_an_answer() throws InterruptedException {
        CountDownLatch storing = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        engine.answers().watch((_, _) -> {
            storing.countDown();
            try {
                // As long as close() waits for nothing but this slot.
                mayEnd.await();
            } catch (InterruptedException _) {
                interrupted.set(true);
            }
        });
        publish("effectful job");
        storing.await();
        Thread closer = Thread.ofVirtual().start(worker::close);
        while (closer.getState() == Thread.State.NEW || closer.getState() == Thread.State.RUNNABLE) {
            Thread.sleep(1);
        }
        mayEnd.countDown();
        closer.join();
        assertThat(interrupted).isFalse();
        assertThat(row("effectful job").state()).isEqualTo(JobState.DONE);
        assertThat(engine.queue().inLine()).isEmpty();
    }

    @Test
    void an_idle_worker_closes_at_once_and_twice() {
        worker.close();
        worker.close();
        assertThat(worker.inFlight()).isZero();
    }

    @Test
    void a_worker_that_is_not_ready_stops_and_goes_on_when_it_is_again() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(3);
        AtomicBoolean broken = new AtomicBoolean(true);
        runner.readiness(() -> {
            asked.countDown();
            if (broken.get()) {
                throw failure(ErrorCode.STATE_UNAVAILABLE);
            }
        });
        publish("job");
        asked.await();
        assertThat(engine.ledger().all()).isEmpty();
        assertThat(events.conditions).contains(WorkerCondition.STOPPED);
        broken.set(false);
        while (engine.ledger().all().stream().noneMatch(row -> row.state() == JobState.DONE)) {
            time.advance(SETTINGS.ackWait());
            Thread.sleep(1);
        }
        assertThat(events.conditions).last().isEqualTo(WorkerCondition.FETCHING);
    }

    @Test
    void a_message_that_fails_us_in_an_unknown_way_becomes_a_letter_after_some_tries() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        engine.ledger().watch((_, _) -> {
            tries.incrementAndGet();
            throw new IllegalStateException("a bug");
        });
        publish("job");
        awaitEmptyLine();
        assertThat(tries).hasValueGreaterThanOrEqualTo(3);
        assertThat(engine.queue().deadLetters(9)).hasSize(1);
        assertThat(engine.queue().deadLetters(9).getFirst().reason()).contains("a bug");
        engine.ledger().watch((_, _) -> {});
        publish("another job");
        awaitEmptyLine();
        assertThat(row("another job").state()).isEqualTo(JobState.DONE);
    }
}
