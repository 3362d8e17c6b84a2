package dev.mayfly.queue.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this engine does in one batch that others do one after the other, and how often it waits for the disk. */
class EmbeddedSendTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path temp;

    private SqliteStore store;
    private EmbeddedEngine engine;

    @BeforeEach
    void open() {
        store = SqliteStore.open(
                temp.resolve("queue.db"), EmbeddedEngine.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
        EmbeddedSettings two = new EmbeddedSettings(Duration.ofMinutes(2), Duration.ofMinutes(2), 2);
        engine = EmbeddedEngine.start(store, two, Clock.systemUTC(), Ticker.system(), IdSource.random(), Log.off());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static Message message(JobEntry entry) {
        return new Message("run.req.default", entry.messageId(), "{}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_job_that_is_sent_is_in_the_ledger_and_in_line() throws Exception {
        JobEntry job = SampleJobs.queued(1);

        JobEntry stored = engine.enqueue(job, message(job)).orElseThrow();

        assertThat(engine.ledger().find(job.id())).contains(stored);
        assertThat(engine.queue().next(SOON).orElseThrow().message().id()).isEqualTo(job.messageId());
    }

    @Test
    void of_two_who_send_the_same_job_one_puts_it_in_line_and_the_other_learns_that_it_was_second() {
        JobEntry job = SampleJobs.queued(1);
        JobEntry first = engine.enqueue(job, message(job)).orElseThrow();

        assertThat(engine.enqueue(job, message(job))).isEmpty();
        assertThat(engine.ledger().find(job.id())).contains(first);
        assertThat(engine.queue().depth().waiting()).isEqualTo(1);
    }

    @Test
    void a_job_whose_message_came_before_gets_its_row_and_no_second_message() {
        JobEntry job = SampleJobs.queued(1);
        engine.queue().publish(message(job));

        assertThat(engine.enqueue(job, message(job))).isPresent();
        assertThat(engine.ledger().find(job.id())).isPresent();
        assertThat(engine.queue().depth().waiting()).isEqualTo(1);
    }

    @Test
    void a_job_that_finds_no_room_in_line_leaves_no_row_that_nobody_would_run() {
        for (int i = 1; i <= 2; i++) {
            engine.enqueue(SampleJobs.queued(i), message(SampleJobs.queued(i)));
        }
        JobEntry third = SampleJobs.queued(3);

        assertThatThrownBy(() -> engine.enqueue(third, message(third)))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
        assertThat(engine.ledger().find(third.id())).isEmpty();
    }

    /** Sending, claiming and answering must survive a power cut; that a message was taken or acknowledged need not. */
    @Test
    void the_life_of_a_job_waits_for_the_disk_three_times() throws Exception {
        JobEntry job = SampleJobs.queued(1);
        long before = store.syncedCommits();

        JobEntry stored = engine.enqueue(job, message(job)).orElseThrow();
        assertThat(store.syncedCommits() - before).isEqualTo(1);
        Delivery delivery = engine.queue().next(SOON).orElseThrow();
        assertThat(store.syncedCommits() - before).isEqualTo(1);
        JobEntry running = engine.ledger()
                .store(stored.claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        assertThat(store.syncedCommits() - before).isEqualTo(2);
        engine.ledger()
                .store(running.ended(JobState.DONE, SampleJobs.graded("{}"), SampleJobs.NOON))
                .orElseThrow();
        assertThat(store.syncedCommits() - before).isEqualTo(3);
        assertThat(delivery.ack()).isTrue();
        assertThat(store.syncedCommits() - before).isEqualTo(3);
        assertThat(engine.queue().depth().out()).isZero();
    }
}
