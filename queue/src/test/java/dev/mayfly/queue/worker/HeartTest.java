package dev.mayfly.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class HeartTest {
    private static final Epoch ME = new Epoch("me", "home", "1");
    private static final Epoch OTHER = new Epoch("other", "elsewhere", "1");
    private static final WorkerSettings SETTINGS = WorkerSettings.of(1);

    private final FakeTime time = FakeTime.standing();
    private final MemoryEngine engine = new MemoryEngine(time, SETTINGS.ackWait(), Duration.ofMinutes(2));
    private final Heart heart = new Heart(ME, engine.ledger(), time, SETTINGS, Log.off());
    private final Prepared job = new ScriptedRunner("p").prepare(ScriptedRunner.bytes("job"));

    private Delivery delivery() throws InterruptedException {
        engine.queue().publish(new Message("s", job.id().value(), ScriptedRunner.bytes("job")));
        return engine.queue().next(Duration.ZERO).orElseThrow();
    }

    private JobEntry claimed() {
        return engine.ledger()
                .store(JobEntry.queued(job, time.clock().instant())
                        .claimed(ME, time.clock().instant()))
                .orElseThrow();
    }

    private Attempt attempt() {
        return new Attempt(job.id(), "me", 1);
    }

    @Test
    void is_fresh_for_half_a_lease_after_a_beat_that_was_kept() {
        assertThat(heart.isFresh()).isFalse();
        heart.beat();
        time.advance(SETTINGS.lease().dividedBy(2).minusNanos(1));
        assertThat(heart.isFresh()).isTrue();
        time.advance(Duration.ofNanos(1));
        assertThat(heart.isFresh()).isFalse();
    }

    @Test
    void a_silence_is_remembered_after_the_beat_that_ended_it() {
        heart.beat();
        long before = heart.lapses();
        time.advance(SETTINGS.lease().dividedBy(3));
        heart.beat();
        assertThat(heart.isFreshSince(before)).isTrue();
        time.advance(SETTINGS.lease().dividedBy(2));
        heart.beat();
        assertThat(heart.isFresh()).isTrue();
        assertThat(heart.isFreshSince(before)).isFalse();
        assertThat(heart.isFreshSince(heart.lapses())).isTrue();
    }

    @Test
    void beats_every_third_of_a_lease_with_another_number_each_time() {
        heart.beat();
        time.advance(SETTINGS.lease().dividedBy(3).minusNanos(1));
        heart.tick();
        assertThat(engine.ledger().lastBeat(ME)).isEqualTo(OptionalLong.of(1));
        time.advance(Duration.ofNanos(1));
        heart.tick();
        assertThat(engine.ledger().lastBeat(ME)).isEqualTo(OptionalLong.of(2));
    }

    @Test
    void a_held_delivery_is_extended_until_it_is_let_go() throws InterruptedException {
        claimed();
        Heart.Hold hold = heart.hold(delivery(), attempt());
        for (int beat = 0; beat < 20; beat++) {
            time.advance(SETTINGS.ackWait().dividedBy(3));
            heart.tick();
            assertThat(engine.queue().next(Duration.ZERO)).isEmpty();
        }
        hold.close();
        time.advance(SETTINGS.ackWait());
        heart.tick();
        assertThat(engine.queue().next(Duration.ZERO)).isPresent();
    }

    @Test
    void a_wish_to_cancel_interrupts_the_run_once_and_leaves_no_flag_behind() throws InterruptedException {
        JobEntry row = claimed();
        try (Heart.Hold _ = heart.hold(delivery(), attempt())) {
            time.advance(Duration.ofSeconds(1));
            heart.tick();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            engine.ledger().store(row.cancelWanted(time.clock().instant()));
            time.advance(Duration.ofSeconds(1));
            heart.tick();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        time.advance(Duration.ofSeconds(1));
        heart.tick();
        heart.stopRuns();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void being_taken_over_interrupts_the_run() throws InterruptedException {
        JobEntry row = claimed();
        try (Heart.Hold _ = heart.hold(delivery(), attempt())) {
            engine.ledger().store(row.claimed(OTHER, time.clock().instant()));
            time.advance(Duration.ofSeconds(1));
            heart.tick();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_interrupt_that_is_not_its_own_stays() throws InterruptedException {
        claimed();
        try (Heart.Hold _ = heart.hold(delivery(), attempt())) {
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void being_told_to_stop_interrupts_what_runs_and_what_would_begin() throws InterruptedException {
        claimed();
        try (Heart.Hold _ = heart.hold(delivery(), attempt())) {
            heart.stopRuns();
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(heart.stopping()).isTrue();
        engine.queue().deliverAgain();
        try (Heart.Hold _ = heart.hold(engine.queue().next(Duration.ZERO).orElseThrow(), attempt())) {
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
