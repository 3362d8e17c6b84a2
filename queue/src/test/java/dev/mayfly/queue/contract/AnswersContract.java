package dev.mayfly.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every engine must do for those who wait for an answer. */
public abstract class AnswersContract extends EngineContract {
    private static final Answer ANSWER = SampleJobs.graded("{\"verdict\": \"green\"}");

    /** Each try has its own job, so that nothing is left of the one before. */
    private final AtomicInteger jobs = new AtomicInteger();

    @Test
    void one_who_listens_is_woken_at_once_from_here() throws Exception {
        Answers answers = openNew(EngineTerms.CALM).answers();
        assertUsuallyWithin(Duration.ofMillis(50), fromAnnouncementToWaking(answers, answers));
    }

    @Test
    void one_who_listens_is_woken_soon_from_elsewhere() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Answers here = open(home).answers();
        Answers elsewhere = open(home).answers();
        assertUsuallyWithin(Duration.ofMillis(100), fromAnnouncementToWaking(elsewhere, here));
    }

    private Callable<Duration> fromAnnouncementToWaking(Answers from, Answers to) {
        return () -> {
            JobId name = SampleJobs.id(jobs.incrementAndGet());
            try (Answers.Listener listener = to.listen(name)) {
                Future<Long> woken = meanwhile(() -> {
                    listener.await(LONG);
                    return System.nanoTime();
                });
                Thread.sleep(100);
                from.announce(name, ANSWER);
                long announced = System.nanoTime();
                return Duration.ofNanos(woken.get(30, TimeUnit.SECONDS) - announced);
            }
        };
    }

    /** As workers do: the row first, then the word. */
    @Test
    void one_who_listens_is_woken_soon_by_a_job_that_ends_elsewhere() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Engine here = open(home);
        Engine elsewhere = open(home);
        assertUsuallyWithin(Duration.ofMillis(100), () -> {
            JobEntry job = elsewhere
                    .ledger()
                    .store(SampleJobs.queued(jobs.incrementAndGet()))
                    .orElseThrow();
            try (Answers.Listener listener = here.answers().listen(job.id())) {
                Future<Long> woken = meanwhile(() -> {
                    while (!here.ledger().find(job.id()).orElseThrow().state().isFinal()) {
                        listener.await(LONG);
                    }
                    return System.nanoTime();
                });
                Thread.sleep(100);
                elsewhere
                        .ledger()
                        .store(job.ended(JobState.DONE, ANSWER, SampleJobs.NOON))
                        .orElseThrow();
                elsewhere.answers().announce(job.id(), ANSWER);
                long announced = System.nanoTime();
                return Duration.ofNanos(woken.get(30, TimeUnit.SECONDS) - announced);
            }
        });
    }

    @Test
    void what_was_announced_before_the_wait_began_is_not_missed() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Answers here = open(home).answers();
        Answers elsewhere = open(home).answers();
        for (Answers from : List.of(here, elsewhere)) {
            JobId name = SampleJobs.id(jobs.incrementAndGet());
            try (Answers.Listener listener = here.listen(name)) {
                from.announce(name, ANSWER);
                Thread.sleep(200);
                long start = System.nanoTime();
                listener.await(LONG);
                assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void everyone_who_listens_is_woken_and_each_time() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Answers here = open(home).answers();
        Answers elsewhere = open(home).answers();
        JobId name = SampleJobs.id(1);
        List<Answers.Listener> listeners = List.of(here.listen(name), here.listen(name), elsewhere.listen(name));
        for (int round = 0; round < 3; round++) {
            List<Future<Duration>> woken = new ArrayList<>();
            for (Answers.Listener listener : listeners) {
                woken.add(meanwhile(() -> {
                    long start = System.nanoTime();
                    listener.await(LONG);
                    return since(start);
                }));
            }
            Thread.sleep(100);
            elsewhere.announce(name, ANSWER);
            for (Future<Duration> each : woken) {
                assertThat(each.get()).isLessThan(Duration.ofSeconds(5));
            }
        }
        listeners.forEach(Answers.Listener::close);
    }

    @Test
    void many_may_begin_to_listen_at_once_and_none_misses_its_answer() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Answers here = open(home).answers();
        Answers elsewhere = open(home).answers();
        List<Future<Boolean>> woken = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            JobId name = SampleJobs.id(i);
            woken.add(meanwhile(() -> {
                try (Answers.Listener listener = here.listen(name)) {
                    elsewhere.announce(name, ANSWER);
                    long start = System.nanoTime();
                    listener.await(LONG);
                    return since(start).compareTo(LONG) < 0;
                }
            }));
        }
        for (Future<Boolean> each : woken) {
            assertThat(each.get()).isTrue();
        }
    }

    @Test
    void waiting_ends_when_its_time_is_over() throws Exception {
        Answers answers = openNew(EngineTerms.CALM).answers();
        try (Answers.Listener listener = answers.listen(SampleJobs.id(1))) {
            long start = System.nanoTime();
            listener.await(Duration.ofMillis(300));
            listener.await(Duration.ZERO);
            assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void an_interrupt_ends_the_wait() throws Exception {
        Answers answers = openNew(EngineTerms.CALM).answers();
        try (Answers.Listener listener = answers.listen(SampleJobs.id(1))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> listener.await(LONG)).isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void answers_of_every_kind_and_size_are_announced_whether_or_not_anybody_listens() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Answers here = open(home).answers();
        Answers elsewhere = open(home).answers();
        for (Answer answer : List.of(SampleJobs.failed(), ANSWER, SampleJobs.graded("\"".repeat(4 << 20)))) {
            JobId name = SampleJobs.id(jobs.incrementAndGet());
            here.announce(name, answer);
            try (Answers.Listener listener = elsewhere.listen(name)) {
                Future<Duration> woken = meanwhile(() -> {
                    long start = System.nanoTime();
                    listener.await(LONG);
                    return since(start);
                });
                here.announce(name, answer);
                assertThat(woken.get()).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void closing_ends_those_who_wait_and_closing_again_does_nothing() throws Exception {
        Engine engine = openNew(EngineTerms.CALM);
        Answers.Listener listener = engine.answers().listen(SampleJobs.id(1));
        Future<Duration> woken = meanwhile(() -> {
            long start = System.nanoTime();
            listener.await(Duration.ofMinutes(1));
            return since(start);
        });
        Thread.sleep(100);
        engine.answers().close();
        assertThat(woken.get(30, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(10));
        engine.answers().close();
        listener.close();
        listener.close();
    }
}
