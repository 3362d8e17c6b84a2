package dev.mayfly.queue.worker;

import static dev.mayfly.queue.fake.ScriptedRunner.green;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.worker.HandlerBench.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a job whose message brings its entry along, fresh or old. */
final class CarriedEntryTest {
    private final HandlerBench bench = new HandlerBench();

    private record Carrying(Delivery real, JobEntry entry) implements Delivery {
        @Override
        public Optional<JobEntry> queued() {
            return Optional.of(entry);
        }

        @Override
        public Message message() {
            return real.message();
        }

        @Override
        public long number() {
            return real.number();
        }

        @Override
        public int count() {
            return real.count();
        }

        @Override
        public Instant publishedAt() {
            return real.publishedAt();
        }

        @Override
        public boolean ack() {
            return real.ack();
        }

        @Override
        public void retry(Duration delay) {
            real.retry(delay);
        }

        @Override
        public void extend() {
            real.extend();
        }
    }

    private void send(String request, JobEntry carried) throws InterruptedException {
        bench.publish(request, bench.id(request).value());
        bench.handler.handle(new Carrying(bench.next(), carried));
    }

    @Test
    void a_fresh_one_is_claimed_as_it_is() throws InterruptedException {
        send("job", bench.store(bench.queued("job")));
        assertThat(bench.answer("job")).contains(green("job 1"));
        assertThat(bench.row("job").fence()).isEqualTo(1);
        assertThat(bench.lineIsEmpty()).isTrue();
    }

    @Test
    void of_an_old_one_nothing_comes_but_a_look_at_the_ledger() throws InterruptedException {
        JobEntry old = bench.store(bench.queued("job"));
        JobEntry running = bench.store(old.claimed(HandlerBench.OTHER, bench.now()));
        send("job", old);
        assertThat(bench.row("job")).isEqualTo(running);
        assertThat(bench.runner.runs()).isEmpty();

        bench.store(running.ended(JobState.DONE, green("theirs"), bench.now()));
        bench.time.advance(Duration.ofMinutes(5));
        send("job", old);
        assertThat(bench.runner.runs()).isEmpty();
        assertThat(bench.engine.answers().under(bench.id("job"))).containsExactly(green("theirs"));
    }

    @Test
    void one_of_another_job_does_not_count() throws InterruptedException {
        send("job", bench.store(bench.queued("another job")));
        assertThat(bench.answer("job")).contains(green("job 1"));
        assertThat(bench.row("another job").state()).isEqualTo(JobState.QUEUED);
    }

    /** The row may be what an earlier slot of ours left; whose attempt must not be made twice. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"BEFORE", "AFTER"})
    void a_claim_by_it_whose_outcome_is_unknown_is_not_taken_for_ours(Trouble trouble) throws InterruptedException {
        JobEntry queued = bench.store(bench.queued("job"));
        bench.stores.addAll(List.of(trouble));
        send("job", queued);
        int fence = trouble == Trouble.AFTER ? 2 : 1;
        assertThat(bench.answer("job")).contains(green("job " + fence));
        assertThat(bench.runner.runs()).hasSize(1);
        assertThat(bench.row("job").fence()).isEqualTo(fence);
    }

    @Test
    void an_attempt_that_a_slot_of_ours_left_behind_is_not_made_again() throws InterruptedException {
        JobEntry old = bench.store(bench.queued("job"));
        bench.store(old.claimed(HandlerBench.ME, bench.now()));
        bench.stores.addAll(List.of(Trouble.BEFORE));
        send("job", old);
        assertThat(bench.answer("job")).contains(green("job 2"));
        assertThat(bench.runner.runs()).hasSize(1);
    }

    @Test
    void that_of_an_effectful_job_is_not_used() throws InterruptedException {
        JobEntry queued = bench.store(bench.queued("effectful job"));
        bench.stores.addAll(List.of(Trouble.AFTER));
        send("effectful job", queued);
        assertThat(bench.answer("effectful job")).contains(green("effectful job 1"));
        assertThat(bench.row("effectful job").fence()).isEqualTo(1);
    }
}
