package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server dies, stops and comes back in the middle of things. */
@Timeout(120)
class NatsFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path temp;

    private NatsFarm farm;
    private NatsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void prepare() throws Exception {
        farm = new NatsFarm(temp);
        server = farm.server(NatsOptions.plain());
    }

    @AfterEach
    void end() throws Exception {
        threads.shutdownNow();
        farm.close();
    }

    private static Message message(String id) {
        return new Message("run.req.default", id, id.getBytes(StandardCharsets.UTF_8));
    }

    private static Delivery take(NatsEngine engine) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() < end) {
            Optional<Delivery> next = tryTake(engine);
            if (next.isPresent()) {
                return next.get();
            }
        }
        throw new AssertionError("no message came within " + LONG);
    }

    private static Optional<Delivery> tryTake(NatsEngine engine) throws InterruptedException {
        try {
            return engine.queue().next(Duration.ofSeconds(2));
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE);
            return Optional.empty();
        }
    }

    private static boolean isEmpty(NatsEngine engine) {
        WorkQueue.Depth depth = engine.queue().depth();
        return depth.waiting() == 0 && depth.out() == 0;
    }

    /** What one who meets {@code QUEUE_UNREACHABLE} does: the same again. */
    private static void publishUntilKept(NatsEngine engine, Message message) throws InterruptedException {
        while (true) {
            try {
                engine.queue().publish(message);
                return;
            } catch (MayflyException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE);
                Thread.sleep(20);
            }
        }
    }

    private void killAndRestart(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            Thread.sleep(400);
            server.kill9();
            Thread.sleep(100);
            server.restart();
        }
    }

    @Test
    void no_message_that_was_kept_is_lost_and_none_that_was_acknowledged_comes_again_when_the_server_is_killed()
            throws Exception {
        NatsEngine publisher = farm.engine(NatsFarm.settings(server, Duration.ofSeconds(2)));
        NatsEngine worker = farm.engine(NatsFarm.settings(server, Duration.ofSeconds(2)));
        Set<String> kept = ConcurrentHashMap.newKeySet();
        Set<String> came = ConcurrentHashMap.newKeySet();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        Set<String> again = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        Future<?> publishing = threads.submit(() -> {
            for (int i = 0; !over.get(); i++) {
                // Its number keeps it apart from what an earlier, doubtful try may have left.
                publishUntilKept(publisher, message("m" + i));
                kept.add("m" + i);
                Thread.sleep(1);
            }
            return null;
        });
        Future<?> working = threads.submit(() -> {
            // An ack may be kept and its confirmation lost: then the message is seen and never acknowledged.
            while (!publishing.isDone() || !came.containsAll(kept) || !isEmpty(worker)) {
                Optional<Delivery> next = tryTake(worker);
                if (next.isEmpty()) {
                    continue;
                }
                Delivery delivery = next.get();
                String id = delivery.message().id();
                came.add(id);
                // A doubtful publish may have put a message in line twice: the id was sent again without a window.
                if (acknowledged.contains(id) && delivery.count() > 1) {
                    again.add(id);
                }
                if (delivery.ack()) {
                    acknowledged.add(id);
                }
            }
            return null;
        });
        killAndRestart(4);
        over.set(true);
        publishing.get(60, TimeUnit.SECONDS);
        working.get(60, TimeUnit.SECONDS);
        assertThat(kept).hasSizeGreaterThan(100);
        assertThat(came).containsAll(kept);
        assertThat(again).isEmpty();
        assertThat(worker.queue().depth().out()).isZero();
    }

    @Test
    void a_claim_is_never_lost_and_never_given_twice_when_the_server_is_killed() throws Exception {
        NatsEngine engine = farm.engine(NatsFarm.settings(server, LONG));
        NatsEngine rival = farm.engine(NatsFarm.settings(server, LONG));
        JobEntry first = engine.ledger().store(SampleJobs.queued(1)).orElseThrow();
        Set<Long> fences = ConcurrentHashMap.newKeySet();
        AtomicBoolean over = new AtomicBoolean();
        Set<Future<Set<Long>>> claimants = new HashSet<>();
        for (NatsEngine mine : new NatsEngine[] {engine, rival}) {
            Epoch me = new Epoch(mine == engine ? "one" : "two", "home", "process");
            claimants.add(threads.submit(() -> {
                Set<Long> won = new HashSet<>();
                while (!over.get()) {
                    try {
                        JobEntry seen = mine.ledger().find(first.id()).orElseThrow();
                        mine.ledger()
                                .store(seen.claimed(me, SampleJobs.NOON))
                                .ifPresent(entry -> assertThat(won.add(entry.fence()) && fences.add(entry.fence()))
                                        .as("fence %d is new", entry.fence())
                                        .isTrue());
                    } catch (MayflyException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE);
                    }
                }
                return won;
            }));
        }
        killAndRestart(4);
        over.set(true);
        long highest = 0;
        for (Future<Set<Long>> each : claimants) {
            for (long fence : each.get(30, TimeUnit.SECONDS)) {
                highest = Math.max(highest, fence);
            }
        }
        assertThat(highest).isGreaterThan(100);
        // What was said to be kept is there; a doubtful one may have come after it.
        assertThat(engine.ledger().find(first.id()).orElseThrow().fence()).isGreaterThanOrEqualTo(highest);
    }

    @Test
    void what_was_in_hands_comes_again_after_the_server_was_killed_and_what_was_acknowledged_does_not()
            throws Exception {
        NatsEngine engine = farm.engine(NatsFarm.settings(server, Duration.ofSeconds(2)));
        for (int i = 0; i < 5; i++) {
            engine.queue().publish(message("m" + i));
        }
        assertThat(take(engine).ack()).isTrue();
        assertThat(take(engine).ack()).isTrue();
        Delivery held = take(engine);
        server.kill9();
        held.extend();
        held.retry(Duration.ZERO);
        assertThat(held.ack()).isFalse();
        server.restart();
        Set<String> came = new HashSet<>();
        while (came.size() < 3) {
            Delivery delivery = take(engine);
            if (delivery.ack()) {
                came.add(delivery.message().id());
            }
        }
        assertThat(came).containsExactlyInAnyOrder("m2", "m3", "m4");
        assertThat(engine.queue().next(Duration.ofMillis(2500))).isEmpty();
    }

    @Test
    void one_who_waits_for_a_message_gets_it_although_the_server_was_killed_meanwhile() throws Exception {
        NatsEngine engine = farm.engine(NatsFarm.settings(server, LONG));
        NatsEngine publisher = farm.engine(NatsFarm.settings(server, LONG));
        Future<Optional<Delivery>> waiting = threads.submit(() -> engine.queue().next(Duration.ofSeconds(60)));
        Thread.sleep(200);
        server.kill9();
        server.restart();
        publishUntilKept(publisher, message("a"));
        long published = System.nanoTime();
        assertThat(waiting.get(30, TimeUnit.SECONDS).orElseThrow().message().id())
                .isEqualTo("a");
        assertThat(Duration.ofNanos(System.nanoTime() - published)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void a_server_that_stands_still_is_reported_in_time_and_used_again_when_it_goes_on() throws Exception {
        NatsSettings calm = NatsFarm.settings(server, Duration.ofSeconds(3));
        NatsEngine engine = farm.engine(calm);
        engine.queue().publish(message("a"));
        Delivery held = take(engine);
        server.pause();
        try {
            long start = System.nanoTime();
            assertUnreachable(() -> engine.queue().publish(message("b")));
            assertUnreachable(() -> engine.queue().next(Duration.ofMillis(300)));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        } finally {
            server.resume();
        }
        held.ack();
        publishUntilKept(engine, message("b"));
        assertThat(engine.queue().publish(message("b"))).isFalse();
        for (String id = ""; !id.equals("b"); ) {
            Delivery delivery = take(engine);
            id = delivery.message().id();
            delivery.ack();
        }
    }

    private static void assertUnreachable(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE));
    }

    @Test
    void one_who_listens_hears_answers_after_the_server_was_killed() throws Exception {
        NatsEngine here = farm.engine(NatsFarm.settings(server, LONG));
        NatsEngine elsewhere = farm.engine(NatsFarm.settings(server, LONG));
        try (Answers.Listener listener = here.answers().listen(SampleJobs.id(1))) {
            server.kill9();
            server.restart();
            // Both connections have to be back: the answer to a question shows it.
            here.ledger().find(SampleJobs.id(1));
            elsewhere.ledger().find(SampleJobs.id(1));
            Future<Boolean> heard = threads.submit(() -> {
                long start = System.nanoTime();
                listener.await(LONG);
                return Duration.ofNanos(System.nanoTime() - start).compareTo(LONG) < 0;
            });
            elsewhere.answers().announce(SampleJobs.id(1), SampleJobs.graded("{}"));
            assertThat(heard.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void one_who_is_told_to_stop_can_still_say_how_a_job_ended() throws Exception {
        NatsEngine engine = farm.engine(NatsFarm.settings(server, LONG));
        engine.queue().publish(message("a"));
        Delivery delivery = take(engine);
        String result = "x".repeat(2 << 20);
        JobEntry running = SampleJobs.queued(1).claimed(SampleJobs.WORKER, SampleJobs.NOON);
        Future<Boolean> stopping = threads.submit(() -> {
            Thread.currentThread().interrupt();
            JobEntry stored = engine.ledger().store(running).orElseThrow();
            engine.ledger()
                    .store(stored.ended(JobState.DONE, SampleJobs.graded(result), SampleJobs.NOON))
                    .orElseThrow();
            return delivery.ack() && Thread.currentThread().isInterrupted();
        });
        assertThat(stopping.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(engine.ledger().find(running.id()).orElseThrow().answer()).contains(SampleJobs.graded(result));
    }
}
