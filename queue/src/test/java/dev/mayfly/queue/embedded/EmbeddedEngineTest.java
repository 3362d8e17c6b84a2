package dev.mayfly.queue.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.Statement;
import dev.mayfly.store.sqlite.SqliteOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only this engine promises. */
@Timeout(60)
class EmbeddedEngineTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration ACK_WAIT = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private final HandClock clock = new HandClock(Instant.parse("2026-01-02T03:04:05Z"));
    private WatchedSql sql;
    private EmbeddedEngine engine;
    private WorkQueue queue;

    /** A wall clock that somebody sets. */
    private static final class HandClock extends Clock {
        private final AtomicReference<Instant> now;

        HandClock(Instant start) {
            now = new AtomicReference<>(start);
        }

        void jump(Duration by) {
            now.updateAndGet(time -> time.plus(by));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void open() {
        EmbeddedHome home = new EmbeddedHome(
                temp, EngineTerms.CALM.withAckWait(ACK_WAIT).withMaxMessages(50), SqliteOptions.DEFAULT, clock);
        sql = new WatchedSql(home.store());
        engine = home.start(sql);
        queue = engine.queue();
    }

    @AfterEach
    void close() {
        sql.fail(false);
        engine.close();
    }

    private static Message message(String id) {
        return new Message("run.req.default", id, id.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private Delivery take() throws InterruptedException {
        return queue.next(NOW).orElseThrow();
    }

    private long count(String table) {
        return sql.queryFirst(Statement.of("SELECT count(*) AS n FROM " + table), row -> row.integer("n"))
                .orElseThrow();
    }

    @Test
    void a_job_costs_four_commits_from_being_sent_to_leaving_the_line() throws Exception {
        int commits = sql.applied();
        send(1);
        Delivery delivery = take();
        JobEntry claimed = engine.ledger()
                .store(delivery.queued().orElseThrow().claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        QueueEngine.Ended ended = engine.end(done(claimed), delivery).orElseThrow();
        assertThat(ended.acknowledged()).isTrue();
        engine.answers().announce(claimed.id(), SampleJobs.graded("{}"));
        Thread.sleep(200); // an announcement would be written down apart
        assertThat(sql.applied() - commits).isEqualTo(4);
    }

    private JobEntry send(int number) {
        JobEntry job = SampleJobs.queued(number);
        return engine.enqueue(job, message(job.messageId())).orElseThrow();
    }

    private static JobEntry done(JobEntry claimed) {
        return claimed.ended(JobState.DONE, SampleJobs.graded("{}"), SampleJobs.NOON);
    }

    @Test
    void an_end_takes_its_message_out_of_line_and_leaves_nothing_of_it() throws Exception {
        send(1);
        Delivery delivery = take();
        JobEntry claimed = engine.ledger()
                .store(delivery.queued().orElseThrow().claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        QueueEngine.Ended ended = engine.end(done(claimed), delivery).orElseThrow();
        assertThat(engine.ledger().find(claimed.id())).contains(ended.entry());
        assertThat(count("message")).isZero();
        assertThat(count("line")).isZero();
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 0, 0));
        assertThat(sql.query(Statement.of("SELECT messages FROM total"), row -> row.integer("messages")))
                .containsExactly(0L);
        assertThat(delivery.ack()).isFalse();
    }

    @Test
    void an_end_that_the_ledger_refuses_leaves_the_message_in_line() throws Exception {
        send(1);
        Delivery delivery = take();
        JobEntry seen = delivery.queued().orElseThrow();
        JobEntry claimed = engine.ledger()
                .store(seen.claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        assertThat(engine.end(done(seen.claimed(SampleJobs.WORKER, SampleJobs.NOON)), delivery))
                .isEmpty();
        assertThat(engine.ledger().find(claimed.id())).contains(claimed);
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 1, 0));
        assertThat(delivery.ack()).isTrue();
    }

    @Test
    void an_end_leaves_a_message_in_line_that_somebody_else_holds_by_now() throws Exception {
        send(1);
        Delivery stale = take();
        JobEntry claimed = engine.ledger()
                .store(stale.queued().orElseThrow().claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        clock.jump(ACK_WAIT);
        Delivery current = take();
        QueueEngine.Ended ended = engine.end(done(claimed), stale).orElseThrow();
        assertThat(ended.acknowledged()).isFalse();
        assertThat(engine.ledger().find(claimed.id())).contains(ended.entry());
        assertThat(count("message")).isOne();
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 1, 0));
        assertThat(current.ack()).isTrue();
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 0, 0));
    }

    @Test
    void a_message_brings_the_row_of_its_job_only_while_that_is_queued() throws Exception {
        JobEntry sent = send(1);
        Delivery first = take();
        assertThat(first.queued()).contains(sent);
        engine.ledger().store(sent.claimed(SampleJobs.WORKER, SampleJobs.NOON)).orElseThrow();
        first.retry(NOW);
        assertThat(take().queued()).isEmpty();
        queue.publish(message("of no job"));
        assertThat(take().queued()).isEmpty();
    }

    @Test
    void nothing_is_left_of_a_message_that_was_acknowledged_or_buried() throws Exception {
        for (int i = 0; i < 4; i++) {
            queue.publish(message("m" + i));
        }
        take().ack();
        queue.bury(take(), Optional.empty(), "dead");
        take();
        assertThat(count("message")).isEqualTo(2);
        assertThat(count("line")).isEqualTo(2);
        assertThat(sql.query(Statement.of("SELECT messages FROM total"), row -> row.integer("messages")))
                .containsExactly(2L);
    }

    @Test
    void a_message_buried_twice_is_one_dead_letter_and_counted_once() throws Exception {
        queue.publish(message("a"));
        queue.publish(message("b"));
        Delivery first = take();
        queue.bury(first, Optional.empty(), "dead");
        queue.bury(first, Optional.empty(), "dead again");
        assertThat(queue.deadLetters(10)).extracting(DeadLetter::reason).containsExactly("dead");
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(1, 0, 1));
        assertThat(first.ack()).isFalse();
    }

    @Test
    void one_who_lost_a_message_can_neither_acknowledge_nor_keep_nor_give_it_back() throws Exception {
        queue.publish(message("a"));
        Delivery stale = take();
        clock.jump(ACK_WAIT);
        Delivery current = take();
        clock.jump(ACK_WAIT.minusMillis(1));
        assertThat(stale.ack()).isFalse();
        stale.retry(Duration.ZERO);
        stale.extend();
        assertThat(queue.next(NOW)).isEmpty();
        clock.jump(Duration.ofMillis(1));
        assertThat(take().number()).isEqualTo(current.number());
    }

    @Test
    void one_who_is_late_but_whose_message_nobody_took_can_still_acknowledge_it() throws Exception {
        queue.publish(message("a"));
        Delivery late = take();
        clock.jump(ACK_WAIT.multipliedBy(10));
        assertThat(late.ack()).isTrue();
        assertThat(queue.next(NOW)).isEmpty();
    }

    @Test
    void what_comes_again_is_not_starved_by_what_is_new() throws Exception {
        queue.publish(message("old"));
        take();
        queue.publish(message("new"));
        clock.jump(ACK_WAIT);
        assertThat(take().message().id()).isEqualTo("old");
        assertThat(take().message().id()).isEqualTo("new");
    }

    @Test
    void a_clock_that_jumps_ahead_brings_a_message_early_and_one_that_jumps_back_brings_it_late() throws Exception {
        queue.publish(message("a"));
        take();
        clock.jump(Duration.ofDays(1));
        Delivery second = take();
        assertThat(second.count()).isEqualTo(2);
        clock.jump(Duration.ofDays(-1));
        clock.jump(ACK_WAIT.multipliedBy(2));
        assertThat(queue.next(NOW)).isEmpty();
        // Whoever holds it says so again, and the lease is right again.
        second.extend();
        clock.jump(ACK_WAIT);
        assertThat(take().count()).isEqualTo(3);
    }

    @Test
    void ids_are_remembered_for_the_window_and_cleared_away_as_others_come() throws Exception {
        Duration window = EngineTerms.CALM.duplicateWindow();
        for (int i = 0; i < 40; i++) {
            queue.publish(message("old" + i));
            take().ack();
        }
        clock.jump(window);
        assertThat(queue.publish(message("old7"))).isFalse();
        clock.jump(Duration.ofMillis(1));
        assertThat(queue.publish(message("old7"))).isTrue();
        for (int i = 0; i < 3; i++) {
            queue.publish(message("new" + i));
        }
        assertThat(count("message_id")).isEqualTo(4);
    }

    @Test
    void a_refused_message_leaves_no_id_behind() throws Exception {
        for (int i = 0; i < 50; i++) {
            queue.publish(message("m" + i));
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> queue.publish(message("late")))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
        }
        queue.bury(take(), Optional.empty(), "dead");
        assertThat(queue.publish(message("late"))).isTrue();
    }

    @Test
    void every_statement_finds_its_rows_by_an_index() throws Exception {
        queue.publish(message("a"));
        queue.publish(message("b"));
        queue.publish(message("c"));
        take().retry(NOW);
        Delivery held = take();
        held.extend();
        held.ack();
        queue.bury(take(), Optional.of(SampleJobs.id(1)), "dead");
        queue.deadLetters(3);
        queue.deadLetter(1);
        queue.forget(1);
        JobEntry job = send(1);
        Delivery brought = take();
        JobEntry claimed = engine.ledger()
                .store(job.claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        engine.end(done(claimed), brought).orElseThrow();
        engine.ledger().newest(5, Optional.empty());
        engine.ledger().newest(5, Optional.of(JobState.DONE));
        engine.ledger().startingWith("r_0", 5);
        engine.ledger().beat(SampleJobs.WORKER, 1);
        engine.ledger().lastBeat(SampleJobs.WORKER);
        engine.ledger().forgetBefore(Instant.EPOCH);
        try (Answers.Listener listener = engine.answers().listen(SampleJobs.id(2))) {
            engine.answers().announce(SampleJobs.id(2), SampleJobs.failed());
            listener.await(Duration.ofMillis(200));
            listener.await(Duration.ofMillis(200));
            queue.next(Duration.ofMillis(200));
        }
        assertThat(sql.statements()).hasSizeGreaterThan(25);
        for (Statement statement : sql.statements()) {
            List<String> plan = sql.query(
                    new Statement(
                            "EXPLAIN QUERY PLAN " + statement.sql(), statement.parameters(), statement.mustChange()),
                    row -> row.text("detail"));
            assertThat(plan)
                    .as(statement.sql())
                    .allSatisfy(step -> assertThat(step)
                            .doesNotContain("TEMP B-TREE")
                            .matches(text -> !text.startsWith("SCAN") || isSmall(text), "reads no table as a whole"));
            if (statement.sql().contains("json_each")) {
                assertThat(plan).as(statement.sql()).noneMatch(step -> step.contains("job_by_state"));
            }
        }
    }

    /** An index read from one end until there is enough; arrays of names; one row; the epochs that live. */
    private static boolean isSmall(String scan) {
        return scan.contains(" USING INDEX job_by_change")
                || scan.equals("SCAN json_each VIRTUAL TABLE INDEX 1:")
                || scan.equals("SCAN total")
                || scan.equals("SCAN dead_letter")
                || scan.equals("SCAN epoch")
                || scan.startsWith("SCAN (subquery")
                || scan.equals("SCAN CONSTANT ROW");
    }

    @Test
    void a_store_that_fails_fails_every_call_and_loses_nothing() throws Exception {
        queue.publish(message("a"));
        queue.publish(message("b"));
        Delivery held = take();
        JobEntry job = engine.ledger().store(SampleJobs.queued(1)).orElseThrow();
        sql.fail(true);
        List<Runnable> calls = List.of(
                () -> queue.publish(message("c")),
                () -> queue.bury(held, Optional.empty(), "dead"),
                () -> queue.deadLetters(1),
                () -> queue.depth(),
                () -> queue.forget(1),
                () -> engine.ledger().find(job.id()),
                () -> engine.ledger().store(job.claimed(SampleJobs.WORKER, SampleJobs.NOON)),
                () -> engine.ledger().beat(SampleJobs.WORKER, 1));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        }
        assertThatThrownBy(() -> queue.next(Duration.ofSeconds(10))).isInstanceOf(MayflyException.class);
        assertThat(held.ack()).isFalse();
        held.extend();
        held.retry(NOW);
        engine.answers().announce(job.id(), SampleJobs.failed());
        sql.fail(false);
        assertThat(engine.ledger().find(job.id())).contains(job);
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(1, 1, 0));
        assertThat(held.ack()).isTrue();
        assertThat(take().message().id()).isEqualTo("b");
    }

    @Test
    void one_who_waits_learns_that_the_store_fails() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<Delivery>> waiting = threads.submit(() -> queue.next(Duration.ofSeconds(50)));
            Thread.sleep(100);
            sql.fail(true);
            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(MayflyException.class);
            sql.fail(false);
            Future<Optional<Delivery>> again = threads.submit(() -> queue.next(Duration.ofSeconds(50)));
            Thread.sleep(100);
            queue.publish(message("a"));
            assertThat(again.get(10, TimeUnit.SECONDS)).isPresent();
        }
    }

    @Test
    void a_message_from_here_wakes_those_who_wait_without_anybody_looking() throws Exception {
        sql.blind();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Delivery>>> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiting.add(threads.submit(() -> queue.next(Duration.ofSeconds(50))));
            }
            Thread.sleep(100);
            for (int i = 0; i < 3; i++) {
                queue.publish(message("m" + i));
            }
            for (Future<Optional<Delivery>> each : waiting) {
                assertThat(each.get(10, TimeUnit.SECONDS)).isPresent();
            }
        }
    }

    @Test
    void a_ring_that_came_to_one_who_leaves_is_passed_on() throws Exception {
        Waiters waiters = new Waiters();
        Waiters.Waiter first = waiters.join();
        try (Waiters.Waiter second = waiters.join()) {
            waiters.ring(1);
            first.close();
            assertThat(second.await(NOW)).isTrue();
            assertThat(second.await(NOW)).isFalse();
            assertThat(waiters.silent()).isEqualTo(1);
        }
        assertThat(waiters.silent()).isZero();
    }

    @Test
    void nobody_looks_when_nobody_waits() throws Exception {
        queue.next(Duration.ofMillis(300));
        int whileWaiting = sql.queries();
        assertThat(whileWaiting).isGreaterThan(5);
        Thread.sleep(300);
        assertThat(sql.queries()).isLessThanOrEqualTo(whileWaiting + 1);
    }

    @Test
    void threads_end_when_the_engine_is_closed() throws Exception {
        List<Thread> ours = new ArrayList<>(Thread.getAllStackTraces().keySet());
        ours.removeIf(thread -> !thread.getName().startsWith("queue-"));
        assertThat(ours).isNotEmpty();
        engine.close();
        for (Thread thread : ours) {
            assertThat(thread.join(Duration.ofSeconds(5))).isTrue();
        }
    }
}
