package dev.mayfly.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every engine must do with messages in line. */
public abstract class WorkQueueContract extends EngineContract {
    private static Delivery take(WorkQueue queue) throws InterruptedException {
        return queue.next(LONG).orElseThrow(() -> new AssertionError("no message came within " + LONG));
    }

    private static void assertNothingComes(WorkQueue queue) throws InterruptedException {
        assertThat(queue.next(SHORT).map(delivery -> text(delivery.message()))).isEmpty();
    }

    @Test
    void a_message_is_delivered_as_it_was_published() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        Instant before = Instant.now();
        assertThat(queue.publish(new Message("run.req.special", "id-1", new byte[] {0, -1, 127, 13, 10})))
                .isTrue();
        Delivery delivery = take(queue);
        assertThat(delivery.message().subject()).isEqualTo("run.req.special");
        assertThat(delivery.message().id()).isEqualTo("id-1");
        assertThat(delivery.message().body()).isEqualTo(new byte[] {0, -1, 127, 13, 10});
        assertThat(delivery.count()).isEqualTo(1);
        assertThat(delivery.publishedAt())
                .isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    }

    @Test
    void what_was_acknowledged_never_comes_again() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofMillis(300)));
        Engine first = open(home);
        first.queue().publish(message("a", "a"));
        assertThat(take(first.queue()).ack()).isTrue();
        assertThat(first.queue().next(Duration.ofMillis(900))).isEmpty();
        first.close();
        assertNothingComes(open(home).queue());
    }

    @Test
    void messages_come_in_the_order_of_publishing() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            published.add("m" + i);
            queue.publish(message("m" + i, "m" + i));
        }
        List<String> came = new ArrayList<>();
        long last = Long.MIN_VALUE;
        for (int i = 0; i < 50; i++) {
            Delivery delivery = take(queue);
            came.add(text(delivery.message()));
            assertThat(delivery.number()).isGreaterThan(last);
            last = delivery.number();
            assertThat(delivery.ack()).isTrue();
        }
        assertThat(came).isEqualTo(published);
    }

    @Test
    void what_was_published_outlives_everyone_who_had_the_queue_open() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Engine first = open(home);
        first.queue().publish(message("a", "a"));
        first.queue().publish(message("b", "b"));
        first.close();
        WorkQueue second = open(home).queue();
        assertThat(text(take(second).message())).isEqualTo("a");
        assertThat(text(take(second).message())).isEqualTo("b");
    }

    @Test
    void an_id_that_came_within_the_window_is_dropped_whoever_sends_it() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        WorkQueue first = open(home).queue();
        WorkQueue second = open(home).queue();
        assertThat(first.publish(message("a", "once"))).isTrue();
        assertThat(first.publish(message("a", "twice"))).isFalse();
        assertThat(second.publish(message("a", "thrice"))).isFalse();
        Delivery delivery = take(first);
        assertThat(text(delivery.message())).isEqualTo("once");
        delivery.ack();
        assertThat(second.publish(message("a", "after the ack"))).isFalse();
        assertNothingComes(first);
    }

    @Test
    void an_id_that_came_before_the_window_is_taken_again() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM.withDuplicateWindow(Duration.ofSeconds(1)))
                .queue();
        assertThat(queue.publish(message("a", "first"))).isTrue();
        assertThat(queue.publish(message("a", "too early"))).isFalse();
        Thread.sleep(1500);
        assertThat(queue.publish(message("a", "second"))).isTrue();
        assertThat(List.of(text(take(queue).message()), text(take(queue).message())))
                .containsExactly("first", "second");
    }

    @Test
    void one_id_published_by_many_at_once_is_taken_once() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        List<WorkQueue> handles = List.of(open(home).queue(), open(home).queue());
        List<Future<Boolean>> all = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 32; i++) {
            WorkQueue queue = handles.get(i % 2);
            all.add(meanwhile(() -> {
                start.await();
                return queue.publish(message("same", "same"));
            }));
        }
        start.countDown();
        int taken = 0;
        for (Future<Boolean> each : all) {
            taken += each.get() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(1);
        assertThat(handles.getFirst().depth().waiting()).isEqualTo(1);
    }

    @Test
    void messages_without_an_id_are_never_duplicates() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        assertThat(queue.publish(message("", "same"))).isTrue();
        assertThat(queue.publish(message("", "same"))).isTrue();
        assertThat(take(queue).message().id()).isEmpty();
        take(queue);
        assertNothingComes(queue);
    }

    @Test
    void ids_may_have_any_character() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        StringBuilder all = new StringBuilder();
        for (char c = 1; c < 0x180; c++) {
            all.append(c);
        }
        for (String id : List.of(all.toString(), "x".repeat(1000), " ", "a: b", "a\r\nNats-Msg-Id: b", "%41", "😀")) {
            assertThat(queue.publish(message(id, "body"))).isTrue();
            assertThat(queue.publish(message(id, "body"))).isFalse();
            assertThat(take(queue).message().id()).isEqualTo(id);
        }
    }

    @Test
    void bodies_of_any_size_arrive_whole() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        WorkQueue publisher = open(home).queue();
        WorkQueue consumer = open(home).queue();
        Random random = new Random(7);
        for (int size : new int[] {0, 1, 4096, 1 << 20, home.largestBody()}) {
            byte[] body = new byte[size];
            random.nextBytes(body);
            publisher.publish(new Message("run.req.default", "size-" + size, body));
            Delivery delivery = take(consumer);
            assertThat(delivery.message().body()).isEqualTo(body);
            delivery.retry(Duration.ZERO);
            Delivery again = take(consumer);
            assertThat(again.message().body()).isEqualTo(body);
            assertThat(again.ack()).isTrue();
        }
    }

    @Test
    void what_was_not_acknowledged_comes_again_after_the_ack_wait_and_not_before() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofMillis(700)));
        WorkQueue first = open(home).queue();
        WorkQueue second = open(home).queue();
        first.publish(message("a", "a"));
        long start = System.nanoTime();
        Delivery lost = take(first);
        Delivery again = take(second);
        assertThat(since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(650));
        assertThat(again.number()).isEqualTo(lost.number());
        assertThat(again.count()).isEqualTo(2);
        assertThat(again.publishedAt()).isEqualTo(lost.publishedAt());
        assertThat(again.ack()).isTrue();
    }

    @Test
    void what_a_consumer_had_when_it_closed_comes_again() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofMillis(300)));
        Engine first = open(home);
        first.queue().publish(message("a", "a"));
        take(first.queue());
        first.close();
        assertThat(take(open(home).queue()).count()).isEqualTo(2);
    }

    @Test
    void a_message_that_is_extended_stays_with_its_consumer() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofSeconds(1)));
        WorkQueue first = open(home).queue();
        WorkQueue second = open(home).queue();
        first.publish(message("a", "a"));
        Delivery held = take(first);
        Future<Optional<Delivery>> other = meanwhile(() -> second.next(Duration.ofMillis(2600)));
        for (int i = 0; i < 9; i++) {
            Thread.sleep(300);
            held.extend();
        }
        assertThat(other.get()).isEmpty();
        assertThat(held.ack()).isTrue();
    }

    @Test
    void a_message_given_back_comes_again_after_its_delay_and_not_before() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        queue.publish(message("a", "a"));
        take(queue).retry(Duration.ZERO);
        Delivery second = take(queue);
        assertThat(second.count()).isEqualTo(2);
        long start = System.nanoTime();
        second.retry(Duration.ofMillis(600));
        Delivery third = take(queue);
        assertThat(since(start)).isBetween(Duration.ofMillis(550), Duration.ofSeconds(5));
        assertThat(third.count()).isEqualTo(3);
        assertThat(third.ack()).isTrue();
    }

    @Test
    void a_message_that_waits_for_its_delay_holds_up_no_other() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        queue.publish(message("a", "a"));
        queue.publish(message("b", "b"));
        take(queue).retry(Duration.ofMinutes(1));
        assertThat(text(take(queue).message())).isEqualTo("b");
        assertNothingComes(queue);
    }

    /** Queues exist that take such an ack for the new holder's; so nobody's right to a job may hang on it. */
    @Test
    void an_ack_that_comes_too_late_disturbs_nobody() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofMillis(500)));
        WorkQueue first = open(home).queue();
        WorkQueue second = open(home).queue();
        first.publish(message("a", "a"));
        first.publish(message("b", "b"));
        Delivery stale = take(first);
        Delivery b = take(first);
        assertThat(b.ack()).isTrue();
        Delivery current = take(second);
        assertThat(current.number()).isEqualTo(stale.number());
        stale.ack();
        stale.extend();
        stale.retry(Duration.ofMinutes(1));
        current.extend();
        current.ack();
        Optional<Delivery> again = second.next(Duration.ofMillis(1200));
        assertThat(again.map(Delivery::number)).isIn(Optional.empty(), Optional.of(current.number()));
        again.ifPresent(Delivery::ack);
        assertThat(second.publish(message("c", "c"))).isTrue();
        assertThat(text(take(second).message())).isEqualTo("c");
    }

    @Test
    void two_consumers_never_hold_one_message() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        List<WorkQueue> handles = List.of(open(home).queue(), open(home).queue());
        int messages = 200;
        for (int i = 0; i < messages; i++) {
            handles.getFirst().publish(message("m" + i, "m" + i));
        }
        Map<Long, AtomicInteger> holders = new ConcurrentHashMap<>();
        Set<String> done = ConcurrentHashMap.newKeySet();
        List<Future<Integer>> consumers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            WorkQueue queue = handles.get(i % 2);
            consumers.add(meanwhile(() -> {
                int most = 0;
                for (Optional<Delivery> next = queue.next(Duration.ofSeconds(1));
                        next.isPresent();
                        next = queue.next(Duration.ofSeconds(1))) {
                    Delivery delivery = next.get();
                    AtomicInteger here = holders.computeIfAbsent(delivery.number(), _ -> new AtomicInteger());
                    most = Math.max(most, here.incrementAndGet());
                    Thread.sleep(2);
                    assertThat(delivery.ack()).isTrue();
                    done.add(text(delivery.message()));
                }
                return most;
            }));
        }
        for (Future<Integer> consumer : consumers) {
            assertThat(consumer.get()).isLessThanOrEqualTo(1);
        }
        assertThat(done).hasSize(messages);
        assertThat(holders).hasSize(messages);
        assertThat(handles.getLast().depth()).isEqualTo(new WorkQueue.Depth(0, 0, 0));
    }

    @Test
    void waiting_ends_empty_when_nothing_comes() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        long start = System.nanoTime();
        assertThat(queue.next(Duration.ofMillis(400))).isEmpty();
        assertThat(since(start)).isBetween(Duration.ofMillis(350), Duration.ofSeconds(5));
        assertThat(queue.next(Duration.ZERO)).isEmpty();
    }

    @Test
    void one_who_waits_is_woken_at_once_by_a_message_from_here() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        assertUsuallyWithin(Duration.ofMillis(50), () -> fromPublishToDelivery(queue, queue));
    }

    @Test
    void one_who_waits_is_woken_soon_by_a_message_from_elsewhere() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        WorkQueue here = open(home).queue();
        WorkQueue elsewhere = open(home).queue();
        assertUsuallyWithin(Duration.ofMillis(100), () -> fromPublishToDelivery(elsewhere, here));
    }

    private Duration fromPublishToDelivery(WorkQueue from, WorkQueue to) throws Exception {
        Future<Long> came = meanwhile(() -> {
            Delivery delivery = take(to);
            long now = System.nanoTime();
            delivery.ack();
            return now;
        });
        Thread.sleep(100);
        from.publish(message("", "wake up"));
        long published = System.nanoTime();
        return Duration.ofNanos(came.get(30, TimeUnit.SECONDS) - published);
    }

    @Test
    void everyone_who_waits_gets_one_of_the_messages() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        List<Future<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waiting.add(meanwhile(() -> text(take(queue).message())));
        }
        Thread.sleep(100);
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            published.add("m" + i);
            queue.publish(message("", "m" + i));
        }
        List<String> came = new ArrayList<>();
        for (Future<String> each : waiting) {
            came.add(each.get());
        }
        assertThat(came).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void an_interrupt_ends_the_wait_and_loses_no_message() throws Exception {
        WorkQueue queue =
                openNew(EngineTerms.CALM.withAckWait(Duration.ofMillis(500))).queue();
        CountDownLatch ended = new CountDownLatch(1);
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                queue.next(LONG);
            } catch (InterruptedException e) {
                ended.countDown();
            }
        });
        Thread.sleep(100);
        waiting.interrupt();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        queue.publish(message("a", "a"));
        assertThat(text(take(queue).message())).isEqualTo("a");
    }

    @Test
    void what_is_buried_is_a_dead_letter_and_no_message_any_more() throws Exception {
        EngineHome home = home(EngineTerms.CALM.withAckWait(Duration.ofMillis(300)));
        Engine engine = open(home);
        WorkQueue queue = engine.queue();
        Instant before = Instant.now();
        queue.publish(new Message("run.req.x", "poison", new byte[] {1, 0, 2}));
        queue.bury(take(queue), Optional.of(SampleJobs.id(1)), "too many attempts");
        queue.publish(message("", "no job"));
        queue.bury(take(queue), Optional.empty(), "no JSON: \"\u0007\"\nat 1:1");
        assertThat(queue.next(Duration.ofMillis(700))).isEmpty();
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 0, 2));
        engine.close();

        WorkQueue later = open(home).queue();
        var letters = later.deadLetters(10);
        assertThat(letters).hasSize(2);
        var newest = letters.getFirst();
        assertThat(newest.job()).isEmpty();
        assertThat(newest.reason()).isEqualTo("no JSON: \"\u0007\"\nat 1:1");
        assertThat(newest.message().id()).isEmpty();
        var oldest = letters.getLast();
        assertThat(oldest.job()).contains(SampleJobs.id(1));
        assertThat(oldest.reason()).isEqualTo("too many attempts");
        assertThat(oldest.message().subject()).isEqualTo("run.req.x");
        assertThat(oldest.message().id()).isEqualTo("poison");
        assertThat(oldest.message().body()).isEqualTo(new byte[] {1, 0, 2});
        assertThat(oldest.at()).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
    }

    @Test
    void dead_letters_are_listed_newest_first_found_by_number_and_forgotten() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM).queue();
        for (int i = 0; i < 5; i++) {
            queue.publish(message("", "m" + i));
            queue.bury(take(queue), Optional.empty(), "reason " + i);
        }
        var newest = queue.deadLetters(3);
        assertThat(newest).extracting(letter -> letter.reason()).containsExactly("reason 4", "reason 3", "reason 2");
        long number = newest.get(1).number();
        assertThat(queue.deadLetter(number).map(letter -> text(letter.message())))
                .contains("m3");
        queue.forget(number);
        queue.forget(number);
        assertThat(queue.deadLetter(number)).isEmpty();
        assertThat(queue.deadLetters(10))
                .extracting(letter -> letter.reason())
                .containsExactly("reason 4", "reason 2", "reason 1", "reason 0");
        assertThat(queue.depth().dead()).isEqualTo(4);
    }

    @Test
    void the_depth_counts_what_waits_what_is_out_and_what_is_dead() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        WorkQueue queue = open(home).queue();
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(0, 0, 0));
        for (int i = 0; i < 4; i++) {
            queue.publish(message("", "m" + i));
        }
        Delivery first = take(queue);
        Delivery second = take(queue);
        assertThat(queue.depth()).isEqualTo(new WorkQueue.Depth(2, 2, 0));
        queue.bury(first, Optional.empty(), "dead");
        second.ack();
        assertThat(open(home).queue().depth()).isEqualTo(new WorkQueue.Depth(2, 0, 1));
    }

    @Test
    void a_full_queue_refuses_and_takes_again_once_there_is_room() throws Exception {
        WorkQueue queue = openNew(EngineTerms.CALM.withMaxMessages(3)).queue();
        for (int i = 0; i < 3; i++) {
            queue.publish(message("m" + i, "m" + i));
        }
        assertThatThrownBy(() -> queue.publish(message("m3", "m3")))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                    assertThat(e.fix()).isNotBlank();
                });
        assertThat(take(queue).ack()).isTrue();
        assertThat(queue.publish(message("m3", "m3"))).isTrue();
        assertThat(List.of(
                        text(take(queue).message()),
                        text(take(queue).message()),
                        text(take(queue).message())))
                .containsExactly("m1", "m2", "m3");
    }

    @Test
    void closing_ends_those_who_wait_and_closing_again_does_nothing() throws Exception {
        EngineHome home = home(EngineTerms.CALM);
        Engine engine = open(home);
        List<Future<Optional<Delivery>>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(meanwhile(() -> engine.queue().next(Duration.ofMinutes(1))));
        }
        Thread.sleep(100);
        engine.queue().close();
        for (Future<Optional<Delivery>> each : waiting) {
            assertThat(each.get(10, TimeUnit.SECONDS)).isEmpty();
        }
        engine.queue().close();
        assertThatThrownBy(() -> engine.queue().publish(message("a", "a")))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.STATE_UNAVAILABLE, ErrorCode.QUEUE_UNREACHABLE));
        engine.close();
        engine.close();
    }
}
