package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.testkit.nats.NatsOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a message of one of our clients brings along. */
@Timeout(60)
class NatsSendTest {
    private static final Duration WAIT = Duration.ofSeconds(10);

    @TempDir
    private Path temp;

    private NatsFarm farm;
    private NatsEngine engine;

    @BeforeEach
    void prepare() throws Exception {
        farm = new NatsFarm(temp);
        engine = farm.engine(NatsSettings.at(farm.server(NatsOptions.plain()).url()));
    }

    @AfterEach
    void end() throws Exception {
        farm.close();
    }

    private static Message message(JobEntry job) {
        return new Message("run.req.default", job.messageId(), "{}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_message_brings_its_entry_the_first_time_it_is_delivered() throws Exception {
        JobEntry job = SampleJobs.queued(1);
        JobEntry stored = engine.enqueue(job, message(job)).orElseThrow();
        assertThat(stored.version()).isPositive();
        Delivery first = engine.queue().next(WAIT).orElseThrow();
        assertThat(first.queued()).contains(stored);
        assertThat(engine.ledger().store(first.queued().orElseThrow().claimed(SampleJobs.WORKER, SampleJobs.NOON)))
                .isPresent();
        first.retry(Duration.ZERO);
        Delivery second = engine.queue().next(WAIT).orElseThrow();
        assertThat(second.count()).isEqualTo(2);
        assertThat(second.queued()).isEmpty();
        assertThat(second.ack()).isTrue();
    }

    @Test
    void a_message_without_a_job_brings_none_and_one_that_comes_too_late_is_not_sent() throws Exception {
        JobEntry job = SampleJobs.queued(2);
        engine.ledger().store(job).orElseThrow();
        assertThat(engine.enqueue(job, message(job))).isEmpty();
        assertThat(engine.queue().depth().waiting()).isZero();
        engine.queue().publish(message(job));
        Delivery delivery = engine.queue().next(WAIT).orElseThrow();
        assertThat(delivery.queued()).isEmpty();
        assertThat(delivery.ack()).isTrue();
    }
}
