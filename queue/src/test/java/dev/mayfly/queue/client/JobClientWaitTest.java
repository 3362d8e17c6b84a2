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
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.testkit.FakeTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a long wait says, over a ledger that is played and a clock that is held. */
class JobClientWaitTest {
    private final FakeTime time = FakeTime.standing();
    private final List<String> said = new ArrayList<>();
    private int workers = 1;
    private Function<Long, JobEntry> ledger = _ -> SampleJobs.queued(2);

    private final Answers.Listener listener = new Answers.Listener() {
        @Override
        public void await(Duration most) {
            time.advance(most);
        }

        @Override
        public void close() {}
    };

    private JobClient client() {
        long began = time.nanos();
        JobLedger played = played(JobLedger.class, (method, _) -> switch (method) {
            case "find" -> Optional.of(ledger.apply((time.nanos() - began) / 1_000_000_000L));
            case "isNoWorkerSince" -> workers == 0;
            default -> throw new AssertionError(method);
        });
        QueueEngine engine = new QueueEngine() {
            @Override
            public WorkQueue queue() {
                throw new AssertionError("not asked");
            }

            @Override
            public JobLedger ledger() {
                return played;
            }

            @Override
            public Answers answers() {
                throw new AssertionError("not asked");
            }

            @Override
            public void close() {}
        };
        JobRunner nobody = played(JobRunner.class, (method, _) -> {
            throw new AssertionError(method);
        });
        return new JobClient(engine, nobody, "run.req.default", time.clock());
    }

    private interface Play {
        Object answer(String method, Object argument);
    }

    private static <T> T played(Class<T> port, Play play) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (_, method, arguments) -> play.answer(method.getName(), arguments)));
    }

    private JobEntry await(Duration most) throws InterruptedException {
        return client().await(new JobId(SampleJobs.id(2).value()), listener, Deadline.in(most, time), said::add);
    }

    @Test
    void a_long_wait_says_at_intervals_what_it_waits_for() {
        assertThatThrownBy(() -> await(Duration.ofSeconds(65)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WAIT_OVER));

        assertThat(said)
                .containsExactly(
                        "waits for a worker", "waits for a worker (for 30 s now)", "waits for a worker (for 60 s now)");
    }

    @Test
    void it_says_that_nobody_serves_and_when_somebody_does() throws Exception {
        workers = 0;
        ledger = second -> {
            if (second >= 4) {
                workers = 1;
            }
            JobEntry queued = SampleJobs.queued(2);
            JobEntry running = queued.claimed(new Epoch("e", "h", "p"), SampleJobs.NOON);
            return second < 8
                    ? queued
                    : second < 10
                            ? running
                            : running.ended(
                                    dev.mayfly.queue.api.JobState.DONE,
                                    new Answer.Graded("green", 0, "{}"),
                                    SampleJobs.NOON);
        };

        assertThat(await(Duration.ofSeconds(65)).answer()).isPresent();
        assertThat(said)
                .containsExactly(
                        "waits for a worker; none is heard of: mayfly worker starts one",
                        "waits for a worker",
                        "running");
    }

    @Test
    void a_quick_answer_is_not_commented() throws Exception {
        ledger = _ -> SampleJobs.in(dev.mayfly.queue.api.JobState.DONE, 2);
        await(Duration.ofSeconds(1));
        assertThat(said).isEmpty();
    }
}
