package dev.mayfly.queue.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.protocol.ClaimRules;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JobClientTest {
    private static final byte[] REQUEST = ScriptedRunner.bytes("job");
    private static final Epoch WORKER = new Epoch("w", "home", "1");
    private static final Answer ANSWER = ScriptedRunner.green("{}");

    private final FakeTime time = FakeTime.standing();
    private final MemoryEngine engine = new MemoryEngine(time, Duration.ofSeconds(30), Duration.ofMinutes(2));
    private final ScriptedRunner runner = new ScriptedRunner("policy");
    private final JobClient client = new JobClient(engine, runner, "run.req.default", time.clock());
    private final JobId id = runner.id("job");

    private Instant now() {
        return time.clock().instant();
    }

    private JobEntry row() {
        return engine.ledger().find(id).orElseThrow();
    }

    private JobEntry store(JobEntry entry) {
        return engine.ledger().store(entry).orElseThrow();
    }

    private static void fails(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void sent_twice_it_is_one_job_and_one_message() {
        assertThat(client.submit(REQUEST).known()).isFalse();
        Submission second = client.submit(REQUEST);
        assertThat(second.known()).isTrue();
        assertThat(second.entry().state()).isEqualTo(JobState.QUEUED);
        assertThat(engine.queue().inLine()).containsExactly(id.value());
    }

    @Test
    void who_died_between_row_and_message_sends_the_message_the_second_time() {
        store(JobEntry.queued(runner.prepare(REQUEST), now()));
        assertThat(client.submit(REQUEST).known()).isTrue();
        assertThat(engine.queue().inLine()).containsExactly(id.value());
    }

    @Test
    void a_job_that_runs_or_has_its_answer_sends_nothing() {
        store(JobEntry.queued(runner.prepare(REQUEST), now()).claimed(WORKER, now()));
        assertThat(client.submit(REQUEST).entry().state()).isEqualTo(JobState.RUNNING);
        store(row().ended(JobState.DONE, ANSWER, now()));
        assertThat(client.submit(REQUEST).entry().answer()).contains(ANSWER);
        store(JobEntry.queued(runner.prepare(ScriptedRunner.bytes("dead")), now())
                .ended(JobState.DEAD, ANSWER, now()));
        assertThat(client.submit(ScriptedRunner.bytes("dead")).entry().state()).isEqualTo(JobState.DEAD);
        assertThat(engine.queue().inLine()).isEmpty();
    }

    @Test
    void a_malformed_request_is_refused_at_once() {
        fails(ErrorCode.REQUEST_INVALID, () -> client.submit(ScriptedRunner.bytes("malformed")));
        assertThat(engine.ledger().all()).isEmpty();
    }

    @Test
    void a_cancelled_job_is_told_and_may_be_sent_again_in_a_new_round() {
        client.submit(REQUEST);
        assertThat(client.cancel(id).state()).isEqualTo(JobState.CANCELLED);
        assertThat(engine.answers().under(id)).containsExactly(ClaimRules.cancelled());
        assertThat(client.cancel(id).state()).isEqualTo(JobState.CANCELLED);

        Submission again = client.submit(REQUEST);
        assertThat(again.known()).isFalse();
        assertThat(again.entry().round()).isEqualTo(2);
        assertThat(engine.queue().inLine()).containsExactly(id.value(), id.value() + ".2");
    }

    @Test
    void a_cancel_stands_although_nobody_could_be_told() {
        client.submit(REQUEST);
        engine.answers().watch((_, _) -> {
            throw ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE);
        });
        assertThat(client.cancel(id).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void cancelling_a_running_job_asks_its_worker_once() {
        store(JobEntry.queued(runner.prepare(REQUEST), now()).claimed(WORKER, now()));
        JobEntry asked = client.cancel(id);
        assertThat(asked.state()).isEqualTo(JobState.RUNNING);
        assertThat(asked.cancelWanted()).isTrue();
        assertThat(client.cancel(id)).isEqualTo(asked);
        store(asked.released("failed meanwhile", now()));
        assertThat(client.cancel(id).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void nobody_can_cancel_what_nobody_knows() {
        fails(ErrorCode.NOT_FOUND, () -> client.cancel(id));
    }

    @Test
    void waiting_ends_with_the_answer_and_says_each_change_once() throws InterruptedException {
        client.submit(REQUEST);
        List<String> said = new ArrayList<>();
        try (Answers.Listener listener = client.listen(id)) {
            JobEntry end = client.await(
                    id,
                    new Answers.Listener() {
                        private int looks;

                        @Override
                        public void await(Duration most) throws InterruptedException {
                            looks++;
                            if (looks == 2) {
                                store(row().claimed(WORKER, now()));
                            }
                            if (looks == 4) {
                                store(row().ended(JobState.DONE, ANSWER, now()));
                            }
                        }

                        @Override
                        public void close() {}
                    },
                    Deadline.in(Duration.ofMinutes(1), time),
                    said::add);
            assertThat(end.answer()).contains(ANSWER);
            assertThat(client.await(id, listener, Deadline.in(Duration.ZERO, time), said::add))
                    .isEqualTo(end);
        }
        assertThat(said).containsExactly("waits for a worker", "running");
    }

    @Test
    void waiting_has_an_end_of_its_own_and_the_job_goes_on() {
        client.submit(REQUEST);
        fails(ErrorCode.WAIT_OVER, () -> {
            try (Answers.Listener listener = client.listen(id)) {
                client.await(id, listener, Deadline.in(Duration.ZERO, time), _ -> {});
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(row().state()).isEqualTo(JobState.QUEUED);
    }

    private long letterOf(byte[] request, String messageId, Optional<JobId> job) throws InterruptedException {
        engine.queue().publish(new Message("run.req.default", messageId, request));
        Delivery delivery = engine.queue().next(Duration.ZERO).orElseThrow();
        engine.queue().bury(delivery, job, "a test");
        return delivery.number();
    }

    @Test
    void a_dead_letter_is_put_in_line_with_its_job_in_a_new_round() throws InterruptedException {
        store(JobEntry.queued(runner.prepare(REQUEST), now()).ended(JobState.DEAD, ANSWER, now()));
        long letter = letterOf(REQUEST, id.value(), Optional.of(id));
        client.requeue(letter);
        assertThat(row().state()).isEqualTo(JobState.QUEUED);
        assertThat(engine.queue().inLine()).containsExactly(id.value() + ".2");
        fails(ErrorCode.NOT_FOUND, () -> client.requeue(letter));
    }

    @Test
    void who_died_after_reopening_or_after_publishing_requeues_once_more_without_harm() throws InterruptedException {
        store(JobEntry.queued(runner.prepare(REQUEST), now()).ended(JobState.DEAD, ANSWER, now()));
        long letter = letterOf(REQUEST, id.value(), Optional.of(id));
        JobEntry reopened = store(row().reopened(now()));
        engine.queue().publish(new Message("run.req.default", reopened.messageId(), REQUEST));
        client.requeue(letter);
        assertThat(row().round()).isEqualTo(2);
        assertThat(engine.queue().inLine()).containsExactly(id.value() + ".2");
        assertThat(engine.queue().deadLetters(10)).isEmpty();
    }

    @Test
    void a_letter_that_names_no_job_is_sent_under_a_name_that_no_window_has_seen() throws InterruptedException {
        long letter = letterOf(ScriptedRunner.bytes("malformed"), "old", Optional.empty());
        client.requeue(letter);
        assertThat(engine.queue().inLine()).containsExactly("dlq." + letter);
    }
}
