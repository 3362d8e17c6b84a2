package dev.mayfly.queue.worker;

import static dev.mayfly.queue.fake.ScriptedRunner.failure;
import static dev.mayfly.queue.fake.ScriptedRunner.green;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.protocol.ClaimRules;
import dev.mayfly.queue.wire.OldId;
import dev.mayfly.queue.worker.HandlerBench.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JobHandlerTest {
    private static final JobId STRANGE = new JobId("r_" + "5".repeat(64));

    private final HandlerBench bench = new HandlerBench();

    private JobState state(String request) {
        return bench.row(request).state();
    }

    @Test
    void a_job_runs_once_and_everybody_hears_the_same() throws InterruptedException {
        bench.send("job");
        assertThat(bench.answer("job")).contains(green("job 1"));
        assertThat(bench.engine.answers().under(bench.id("job"))).containsExactly(green("job 1"));
        assertThat(bench.lineIsEmpty()).isTrue();

        bench.time.advance(Duration.ofMinutes(5));
        bench.send("job");
        assertThat(bench.engine.answers().under(bench.id("job"))).containsExactly(green("job 1"), green("job 1"));
        assertThat(bench.runner.runs()).hasSize(1);
        assertThat(bench.events.duplicates).hasValue(1);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_client_of_the_replaced_system_hears_the_answer_under_its_own_name() throws InterruptedException {
        bench.publish("job", "0123");
        bench.handler.handle(bench.next());
        assertThat(bench.engine.answers().under(OldId.of(ScriptedRunner.bytes("job"))))
                .containsExactly(green("job 1"));
    }

    @Test
    void a_malformed_message_is_a_dead_letter_and_its_sender_is_told() throws InterruptedException {
        bench.publish("malformed", "0123");
        bench.handler.handle(bench.next());
        Answer refusal = Answer.Failed.of(failure(ErrorCode.REQUEST_INVALID));
        assertThat(bench.engine.answers().under(OldId.of(ScriptedRunner.bytes("malformed"))))
                .containsExactly(refusal);
        assertThat(bench.engine.queue().deadLetters(9)).hasSize(1);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_malformed_message_of_our_client_ends_its_row_so_that_it_can_be_put_in_line_again()
            throws InterruptedException {
        JobEntry row = bench.store(new JobEntry(
                STRANGE,
                0,
                JobState.QUEUED,
                0,
                0,
                1,
                bench.now(),
                bench.now(),
                "",
                true,
                Duration.ofSeconds(1),
                "",
                Optional.empty(),
                false,
                Optional.empty()));
        bench.publish("malformed", row.messageId());
        bench.handler.handle(bench.next());
        JobEntry end = bench.engine.ledger().find(STRANGE).orElseThrow();
        assertThat(end.state()).isEqualTo(JobState.DEAD);
        assertThat(bench.engine.answers().under(STRANGE))
                .containsExactly(end.answer().orElseThrow());
        assertThat(bench.engine.queue().deadLetters(9).getFirst().job()).contains(STRANGE);
    }

    @Test
    void a_worker_that_is_broken_refuses_nobody() {
        bench.runner.readiness(() -> {
            throw failure(ErrorCode.STATE_UNAVAILABLE);
        });
        bench.publish("malformed", "0123");
        assertThatThrownBy(() -> bench.handler.handle(bench.next())).isInstanceOf(MayflyException.class);
        assertThat(bench.engine.queue().deadLetters(9)).isEmpty();
        assertThat(bench.lineIsEmpty()).isFalse();
    }

    @Test
    void a_job_that_somebody_else_runs_comes_again_later() throws InterruptedException {
        bench.store(bench.queued("job").claimed(HandlerBench.OTHER, bench.now()));
        bench.send("job");
        assertThat(bench.runner.runs()).isEmpty();
        bench.again(Duration.ofSeconds(1));
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.lineIsEmpty()).isFalse();
    }

    @Test
    void the_job_of_a_dead_worker_runs_again_with_a_new_fence() throws InterruptedException {
        bench.store(bench.queued("job").claimed(HandlerBench.OTHER, bench.now()));
        bench.gone.add("other");
        bench.send("job");
        assertThat(bench.runner.runs()).containsExactly(new Attempt(bench.id("job"), "me", 2));
        assertThat(state("job")).isEqualTo(JobState.DONE);
    }

    @Test
    void without_proof_of_death_only_a_long_silence_frees_a_job() throws InterruptedException {
        bench.store(bench.queued("job").claimed(HandlerBench.OTHER, bench.now()));
        bench.engine.ledger().beat(HandlerBench.OTHER, 1);
        bench.send("job");
        bench.again(ScriptedRunner.LONGEST);
        assertThat(bench.runner.runs()).isEmpty();
        bench.again(HandlerBench.SETTINGS.lease());
        assertThat(bench.runner.runs()).hasSize(1);
    }

    @Test
    void what_a_dead_worker_kept_is_recalled_and_not_run_again() throws InterruptedException {
        for (String request : List.of("job", "effectful job")) {
            bench.store(bench.queued(request).claimed(HandlerBench.OTHER, bench.now()));
            bench.runner.keeps(new Attempt(bench.id(request), "other", 1), green("kept"));
            bench.gone.add("other");
            bench.send(request);
            assertThat(bench.answer(request)).contains(green("kept"));
        }
        assertThat(bench.runner.runs()).isEmpty();
    }

    @Test
    void the_effectful_job_of_a_dead_worker_is_indeterminate_and_a_letter() throws InterruptedException {
        bench.store(bench.queued("effectful job").claimed(HandlerBench.OTHER, bench.now()));
        bench.gone.add("other");
        bench.send("effectful job");
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.answer("effectful job")).contains(ClaimRules.indeterminate());
        assertThat(bench.engine.queue().deadLetters(9)).hasSize(1);
    }

    @Test
    void copies_of_a_dead_job_are_answered_and_leave_no_more_letters() throws InterruptedException {
        bench.store(bench.queued("job").ended(JobState.DEAD, ClaimRules.indeterminate(), bench.now()));
        for (int copy = 0; copy < 3; copy++) {
            bench.publish("job", "copy " + copy);
            bench.handler.handle(bench.next());
        }
        assertThat(bench.engine.queue().deadLetters(9)).isEmpty();
        assertThat(bench.engine.answers().under(bench.id("job"))).hasSize(3);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_message_whose_burial_failed_is_buried_when_it_comes_again() throws InterruptedException {
        bench.publish("job", "0123");
        bench.next();
        bench.store(bench.queued("job").ended(JobState.DEAD, ClaimRules.indeterminate(), bench.now()));
        bench.again(HandlerBench.SETTINGS.ackWait());
        assertThat(bench.engine.queue().deadLetters(9)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"BEFORE", "AFTER"})
    void a_claim_whose_store_failed_is_looked_for(Trouble trouble) throws InterruptedException {
        bench.stores.add(trouble);
        bench.send("effectful job");
        assertThat(state("effectful job")).isEqualTo(JobState.DONE);
        assertThat(bench.runner.runs()).hasSize(1);
        assertThat(bench.row("effectful job").fence()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"BEFORE", "AFTER"})
    void an_answer_whose_store_failed_is_stored_once(Trouble trouble) throws InterruptedException {
        bench.stores.addAll(List.of(Trouble.NONE, trouble));
        bench.send("effectful job");
        assertThat(bench.answer("effectful job")).contains(green("effectful job 1"));
        assertThat(bench.engine.answers().under(bench.id("effectful job"))).containsExactly(green("effectful job 1"));
        assertThat(bench.events.finished).containsExactly(JobState.DONE);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_row_of_ours_that_no_slot_is_at_is_over() throws InterruptedException {
        bench.store(bench.queued("job").claimed(HandlerBench.ME, bench.now()));
        bench.store(bench.queued("effectful job").claimed(HandlerBench.ME, bench.now()));
        bench.send("job");
        bench.send("effectful job");
        assertThat(state("job")).isEqualTo(JobState.DONE);
        assertThat(state("effectful job")).isEqualTo(JobState.INDETERMINATE);
    }

    @Test
    void a_second_delivery_stands_back_while_another_slot_has_the_job() throws InterruptedException {
        bench.runner.does((_, _) -> {
            bench.engine.queue().deliverAgain();
            bench.handler.handle(bench.next());
            assertThat(bench.runner.runs()).hasSize(1);
            return green("first");
        });
        bench.send("job");
        assertThat(bench.answer("job")).contains(green("first"));
        assertThat(bench.runner.runs()).hasSize(1);
    }

    @Test
    void the_output_of_an_owner_that_was_taken_over_is_thrown_away() throws InterruptedException {
        bench.runner.does((_, _) -> {
            bench.store(bench.row("job").claimed(HandlerBench.OTHER, bench.now()));
            return green("stale");
        });
        bench.send("job");
        assertThat(bench.row("job").owner()).contains(HandlerBench.OTHER);
        assertThat(bench.engine.answers().under(bench.id("job"))).isEmpty();
        assertThat(bench.lineIsEmpty()).isFalse();
    }

    @Test
    void who_stood_still_between_claim_and_run_renews_its_row_before_it_begins() throws InterruptedException {
        AtomicBoolean slept = new AtomicBoolean();
        bench.engine.ledger().watch((_, row) -> {
            if (row.state() == JobState.RUNNING && !slept.getAndSet(true)) {
                bench.time.advance(HandlerBench.SETTINGS.lease());
            }
        });
        bench.send("job");
        assertThat(state("job")).isEqualTo(JobState.DONE);
        // Claimed, renewed, ended.
        assertThat(bench.row("job").version()).isEqualTo(3);
        assertThat(bench.row("job").fence()).isEqualTo(1);
    }

    @Test
    void who_was_taken_over_between_claim_and_run_does_not_begin() throws InterruptedException {
        bench.engine.ledger().watch((_, row) -> {
            if (row.owner().filter(HandlerBench.ME::equals).isPresent()) {
                bench.time.advance(HandlerBench.SETTINGS.lease());
            }
        });
        // Somebody who looked before the beat takes the job just after it.
        bench.engine
                .ledger()
                .afterBeat(() -> bench.engine
                        .ledger()
                        .find(bench.id("job"))
                        .filter(row ->
                                row.owner().filter(HandlerBench.ME::equals).isPresent())
                        .ifPresent(row -> bench.store(row.claimed(HandlerBench.OTHER, bench.now()))));
        bench.send("job");
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.row("job").owner()).contains(HandlerBench.OTHER);
        assertThat(bench.lineIsEmpty()).isFalse();
    }

    @Test
    void a_beat_of_the_heart_after_a_silence_does_not_hide_it() throws InterruptedException {
        AtomicBoolean slept = new AtomicBoolean();
        bench.engine.ledger().watch((_, row) -> {
            if (row.state() == JobState.RUNNING && !slept.getAndSet(true)) {
                bench.time.advance(HandlerBench.SETTINGS.lease());
                bench.heart.tick();
                assertThat(bench.heart.isFresh()).isTrue();
            }
        });
        bench.send("job");
        assertThat(state("job")).isEqualTo(JobState.DONE);
        // Claimed, renewed, ended.
        assertThat(bench.row("job").version()).isEqualTo(3);
    }

    @Test
    void a_job_cancelled_in_line_does_not_run_and_leaves_the_line() throws InterruptedException {
        bench.store(bench.queued("job").ended(JobState.CANCELLED, ClaimRules.cancelled(), bench.now()));
        bench.send("job");
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.lineIsEmpty()).isTrue();
        assertThat(bench.engine.queue().deadLetters(9)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "effectful job"})
    void a_job_cancelled_while_it_runs_is_interrupted_and_ends_cancelled(String request) throws InterruptedException {
        bench.runner.does((_, _) -> {
            bench.store(bench.row(request).cancelWanted(bench.now()));
            bench.time.advance(Duration.ofSeconds(1));
            bench.heart.tick();
            Thread.sleep(Duration.ofSeconds(10));
            return green("too late");
        });
        bench.send(request);
        assertThat(bench.answer(request)).contains(ClaimRules.cancelled());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_job_that_was_cancelled_after_its_run_succeeded_has_its_answer() throws InterruptedException {
        bench.runner.does((_, _) -> {
            bench.store(bench.row("job").cancelWanted(bench.now()));
            return green("done");
        });
        bench.send("job");
        assertThat(bench.answer("job")).contains(green("done"));
    }

    @Test
    void a_run_that_fails_is_tried_again_with_longer_and_longer_pauses_and_then_given_up() throws InterruptedException {
        bench.runner.does((_, _) -> {
            throw failure(ErrorCode.LAUNCHER_DIED);
        });
        bench.send("job");
        for (int seconds : new int[] {1, 5, 30, 120}) {
            assertThat(state("job")).isEqualTo(JobState.QUEUED);
            bench.time.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(bench.engine.queue().next(Duration.ZERO)).isEmpty();
            bench.again(Duration.ofNanos(1));
        }
        assertThat(state("job")).isEqualTo(JobState.DEAD);
        assertThat(bench.runner.runs()).hasSize(5);
        assertThat(bench.engine.queue().deadLetters(9)).hasSize(1);
        assertThat(bench.engine.answers().under(bench.id("job"))).hasSize(1);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void an_unexpected_exception_of_a_run_is_an_attempt_that_failed() throws InterruptedException {
        bench.runner.does((_, _) -> {
            throw new IllegalStateException("a bug");
        });
        bench.send("job");
        assertThat(state("job")).isEqualTo(JobState.QUEUED);
        assertThat(bench.row("job").note()).contains("a bug");
        bench.send("effectful job");
        assertThat(state("effectful job")).isEqualTo(JobState.INDETERMINATE);
    }

    @Test
    void a_refusal_is_an_answer_like_any_other() throws InterruptedException {
        bench.runner.does((_, _) -> {
            throw failure(ErrorCode.POLICY_REFUSES);
        });
        bench.send("effectful job");
        assertThat(bench.answer("effectful job")).contains(Answer.Failed.of(failure(ErrorCode.POLICY_REFUSES)));
        assertThat(state("effectful job")).isEqualTo(JobState.DONE);
        assertThat(bench.engine.queue().deadLetters(9)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "effectful job"})
    void a_worker_that_is_stopped_gives_back_what_may_run_again(String request) throws InterruptedException {
        bench.runner.does((_, _) -> {
            bench.heart.stopRuns();
            Thread.sleep(Duration.ofSeconds(10));
            return green("too late");
        });
        bench.send(request);
        assertThat(state(request))
                .isEqualTo(request.startsWith("effectful") ? JobState.INDETERMINATE : JobState.QUEUED);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        if (state(request) == JobState.QUEUED) {
            assertThat(bench.row(request).attempts()).isZero();
            assertThat(bench.engine.queue().next(Duration.ZERO)).isPresent();
        }
    }

    @Test
    void a_worker_that_is_not_ready_claims_nothing() {
        bench.runner.readiness(() -> {
            throw failure(ErrorCode.STATE_UNAVAILABLE);
        });
        assertThatThrownBy(() -> bench.send("job")).isInstanceOf(MayflyException.class);
        assertThat(bench.engine.ledger().all()).isEmpty();
        assertThat(bench.lineIsEmpty()).isFalse();
    }

    @Test
    void the_promised_id_gets_the_answer_too_when_client_and_worker_have_other_policies() throws InterruptedException {
        ScriptedRunner others = new ScriptedRunner("another policy");
        JobId promised = others.id("job");
        bench.store(JobEntry.queued(others.prepare(ScriptedRunner.bytes("job")), bench.now()));
        bench.publish("job", promised.value());
        bench.handler.handle(bench.next());
        assertThat(bench.answer("job")).contains(green("job 1"));
        assertThat(bench.engine.ledger().find(promised).orElseThrow().answer()).contains(green("job 1"));
        assertThat(bench.engine.answers().under(promised)).containsExactly(green("job 1"));
    }

    @Test
    void a_job_that_was_cancelled_under_its_promised_id_does_not_run_and_nothing_is_said_in_its_own_name()
            throws InterruptedException {
        ScriptedRunner others = new ScriptedRunner("another policy");
        JobId promised = others.id("job");
        bench.store(JobEntry.queued(others.prepare(ScriptedRunner.bytes("job")), bench.now())
                .ended(JobState.CANCELLED, ClaimRules.cancelled(), bench.now()));
        bench.publish("job", promised.value());
        bench.handler.handle(bench.next());
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.engine.answers().under(promised)).containsExactly(ClaimRules.cancelled());
        assertThat(bench.engine.answers().under(bench.id("job"))).isEmpty();
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void a_job_that_a_worker_with_the_promised_policy_runs_is_left_to_it() throws InterruptedException {
        ScriptedRunner others = new ScriptedRunner("another policy");
        JobId promised = others.id("effectful job");
        bench.store(JobEntry.queued(others.prepare(ScriptedRunner.bytes("effectful job")), bench.now())
                .claimed(HandlerBench.OTHER, bench.now()));
        bench.publish("effectful job", promised.value());
        bench.handler.handle(bench.next());
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.lineIsEmpty()).isFalse();

        bench.gone.add("other");
        bench.again(Duration.ofSeconds(1));
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.engine.ledger().find(promised).orElseThrow().state()).isEqualTo(JobState.INDETERMINATE);
        assertThat(bench.engine.queue().deadLetters(9)).hasSize(1);
    }

    @Test
    void a_word_that_was_not_heard_is_said_again() throws InterruptedException {
        bench.engine.answers().watch((_, _) -> {
            throw failure(ErrorCode.QUEUE_UNREACHABLE);
        });
        assertThatThrownBy(() -> bench.send("job")).isInstanceOf(MayflyException.class);
        assertThat(state("job")).isEqualTo(JobState.DONE);
        bench.engine.answers().watch((_, _) -> {});
        bench.again(HandlerBench.SETTINGS.ackWait());
        assertThat(bench.engine.answers().under(bench.id("job"))).containsExactly(green("job 1"));
        assertThat(bench.runner.runs()).hasSize(1);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void an_acknowledgement_that_is_skipped_once_brings_a_redelivery_and_no_second_run() throws InterruptedException {
        HandlerBench skipping = new HandlerBench(HandlerBench.SETTINGS, true);
        skipping.send("job");
        assertThat(skipping.lineIsEmpty()).isFalse();
        skipping.again(HandlerBench.SETTINGS.ackWait());
        assertThat(skipping.events.redeliveries).hasValue(1);
        assertThat(skipping.runner.runs()).hasSize(1);
        assertThat(skipping.lineIsEmpty()).isTrue();
    }

    @Test
    void with_old_duplicates_a_copy_hears_nothing_but_a_message_that_comes_again_does() throws InterruptedException {
        WorkerSettings of = HandlerBench.SETTINGS;
        HandlerBench old = new HandlerBench(
                new WorkerSettings(1, of.maxAttempts(), of.backoff(), of.ackWait(), of.lease(), of.askAgain(), false),
                true);
        old.send("job");
        assertThat(old.engine.answers().under(old.id("job"))).hasSize(1);
        old.again(of.ackWait());
        assertThat(old.engine.answers().under(old.id("job"))).hasSize(2);
        old.time.advance(Duration.ofMinutes(5));
        old.send("job");
        assertThat(old.engine.answers().under(old.id("job"))).hasSize(2);
        assertThat(old.lineIsEmpty()).isTrue();
    }
}
