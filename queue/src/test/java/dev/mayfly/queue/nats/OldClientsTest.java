package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.wire.OldId;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of the replaced system, in plain calls of the library, as its own code made them. */
@Timeout(60)
class OldClientsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final byte[] REQUEST = "{\"cmd\": \"echo hi\", \"seed\": 7}".getBytes(StandardCharsets.UTF_8);
    private static final Answer ANSWER = SampleJobs.graded("{\"verdict\": \"green\"}");

    @TempDir
    private Path temp;

    private NatsFarm farm;
    private NatsServer server;
    private NatsEngine engine;
    private Connection client;

    @BeforeEach
    void prepare() throws Exception {
        farm = new NatsFarm(temp);
        server = farm.server(NatsOptions.plain());
        engine = farm.engine(NatsSettings.at(server.url()));
        client = Nats.connect(server.url());
        farm.closing(client::close);
    }

    @AfterEach
    void end() throws Exception {
        farm.close();
    }

    /** An engine that goes on saying answers for so long. */
    private NatsAnswers patient(Duration receiptWait) {
        return (NatsAnswers) farm.engine(NatsFarm.waiting(NatsSettings.at(server.url()), receiptWait))
                .answers();
    }

    private PublishAck publish() throws Exception {
        Headers headers = new Headers();
        headers.put("Nats-Msg-Id", Sha256Digest.of(REQUEST).hex());
        return client.jetStream().publish("run.req.default", headers, REQUEST);
    }

    private static String replySubject() {
        return "run.res." + OldId.of(REQUEST).value();
    }

    @Test
    void a_client_that_listens_only_after_it_published_gets_its_answer_and_stops_the_repeating() throws Exception {
        NatsAnswers old = patient(Duration.ofSeconds(5));
        publish();
        Delivery delivery = engine.queue().next(LONG).orElseThrow();
        assertThat(delivery.message().id()).isEqualTo(Sha256Digest.of(REQUEST).hex());
        // The worker is faster than the client.
        old.insist(OldId.of(delivery.message().body()), ANSWER);
        assertThat(delivery.ack()).isTrue();
        Thread.sleep(100);
        Subscription reply = client.subscribe(replySubject());
        Message answer = reply.nextMessage(Duration.ofSeconds(5));
        assertThat(new String(answer.getData(), StandardCharsets.UTF_8)).isEqualTo("{\"verdict\": \"green\"}");
        client.publish("run.ack." + OldId.of(REQUEST).value(), new byte[0]);
        client.flush(LONG);
        Thread.sleep(300);
        while (reply.nextMessage(Duration.ofMillis(1)) != null) {
            // What was on its way when the receipt came.
        }
        assertThat(reply.nextMessage(Duration.ofMillis(900))).isNull();
    }

    @Test
    void an_answer_is_repeated_no_longer_than_its_time() throws Exception {
        NatsAnswers old = patient(Duration.ofSeconds(1));
        Subscription reply = client.subscribe(replySubject());
        client.flush(LONG);
        old.insist(OldId.of(REQUEST), ANSWER);
        AtomicInteger heard = new AtomicInteger();
        while (reply.nextMessage(Duration.ofMillis(1500)) != null) {
            heard.incrementAndGet();
        }
        assertThat(heard.get()).isBetween(3, 5);
        assertThat(old.notRepeated()).isZero();
    }

    @Test
    void an_answer_is_said_once_when_no_receipt_is_waited_for() throws Exception {
        NatsAnswers old = patient(Duration.ZERO);
        Subscription reply = client.subscribe(replySubject());
        client.flush(LONG);
        old.insist(OldId.of(REQUEST), ANSWER);
        assertThat(reply.nextMessage(Duration.ofSeconds(5))).isNotNull();
        assertThat(reply.nextMessage(Duration.ofMillis(700))).isNull();
    }

    @Test
    void repeating_is_bounded_and_what_is_not_repeated_is_counted() throws Exception {
        NatsAnswers old = patient(Duration.ofMinutes(1));
        for (int i = 0; i < 1030; i++) {
            old.insist(SampleJobs.id(i), ANSWER);
        }
        assertThat(old.notRepeated()).isEqualTo(6);
    }

    @Test
    void the_first_answer_of_a_name_is_kept_for_those_who_come_later_and_no_other() throws Exception {
        JobId name = SampleJobs.id(1);
        engine.answers().announce(name, ANSWER);
        engine.answers().announce(name, SampleJobs.graded("{\"verdict\": \"red\"}"));
        long end = System.nanoTime() + LONG.toNanos();
        StreamInfo kept = client.jetStreamManagement().getStreamInfo("RUN_RES");
        while (kept.getStreamState().getMsgCount() == 0 && System.nanoTime() < end) {
            Thread.sleep(20);
            kept = client.jetStreamManagement().getStreamInfo("RUN_RES");
        }
        Thread.sleep(100);
        assertThat(client.jetStreamManagement()
                        .getLastMessage("RUN_RES", "run.res." + name.value())
                        .getData())
                .isEqualTo("{\"verdict\": \"green\"}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_duplicate_that_the_stream_drops_is_heard_by_one_worker() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        NatsEngine other = farm.engine(NatsSettings.at(server.url()));
        farm.closing(engine.overhear(message -> heard.add(message.id() + " " + message.body().length)));
        farm.closing(other.overhear(message -> heard.add(message.id() + " " + message.body().length)));
        // Subscriptions are made when the server has seen what came after them.
        engine.ledger().find(SampleJobs.id(1));
        other.ledger().find(SampleJobs.id(1));
        assertThat(publish().isDuplicate()).isFalse();
        assertThat(publish().isDuplicate()).isTrue();
        String expected = Sha256Digest.of(REQUEST).hex() + " " + REQUEST.length;
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(expected);
        assertThat(heard.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void an_echo_that_is_slow_or_fails_drops_and_counts() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        DuplicateEcho slow = (DuplicateEcho) farm.closing(engine.overhear(_ -> {
            try {
                hold.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("and fails");
        }));
        engine.ledger().find(SampleJobs.id(1));
        for (int i = 0; i < 40; i++) {
            client.publish("run.req.default", REQUEST);
        }
        client.flush(LONG);
        await(() -> slow.dropped() == 8);
        hold.countDown();
        await(() -> slow.dropped() == 40);
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void a_message_without_id_or_headers_comes_as_it_is() throws Exception {
        client.jetStream().publish("run.req.default", new byte[] {'{', 0, -1});
        Delivery delivery = engine.queue().next(LONG).orElseThrow();
        assertThat(delivery.message().id()).isEmpty();
        assertThat(delivery.message().body()).isEqualTo(new byte[] {'{', 0, -1});
        engine.queue().bury(delivery, java.util.Optional.empty(), "malformed");
        assertThat(engine.queue().deadLetters(1).getFirst().message().body()).isEqualTo(new byte[] {'{', 0, -1});
    }

    @Test
    void small_messages_only_large_requests_and_results_all_the_same() throws Exception {
        NatsServer small = farm.server(NatsOptions.plain().config("max_payload: 65536"));
        NatsEngine narrow = farm.engine(NatsSettings.at(small.url()));
        byte[] body = new byte[3 << 20];
        new java.util.Random(1).nextBytes(body);
        narrow.queue().publish(new dev.mayfly.queue.api.Message("run.req.default", "big", body));
        Delivery delivery = narrow.queue().next(LONG).orElseThrow();
        assertThat(delivery.message().body()).isEqualTo(body);
        String result = "{\"run_id\":\"r\",\"verdict\":\"green\",\"stdout\":\"" + "x".repeat(2 << 20)
                + "\",\"outputs\":[\"" + "y".repeat(1 << 20) + "\"]}";
        JobId id = SampleJobs.id(1);
        var running = narrow.ledger()
                .store(SampleJobs.queued(1).claimed(SampleJobs.WORKER, SampleJobs.NOON))
                .orElseThrow();
        narrow.ledger()
                .store(running.ended(dev.mayfly.queue.api.JobState.DONE, SampleJobs.graded(result), SampleJobs.NOON))
                .orElseThrow();
        try (Connection listener = Nats.connect(small.url())) {
            Subscription reply = listener.subscribe("run.res." + id.value());
            listener.flush(LONG);
            narrow.answers().announce(id, SampleJobs.graded(result));
            JsonObject cut =
                    (JsonObject) JsonReader.read(reply.nextMessage(LONG).getData());
            assertThat(cut.get("verdict").orElseThrow()).hasToString("JsonString[value=green]");
            assertThat(cut.get("cut").orElseThrow().toString()).contains("stdout", "outputs");
            assertThat(cut.get("outputs")).isEmpty();
            assertThat(cut.get("stdout").orElseThrow().toString()).contains("xxxx");
        }
        assertThat(narrow.ledger().find(id).orElseThrow().answer()).contains(SampleJobs.graded(result));
        assertThat(delivery.ack()).isTrue();
        // The body of the request went with its message; that of the entry stays.
        try (Connection looker = Nats.connect(small.url())) {
            assertThat(looker.objectStore("RUN_BLOB").getList())
                    .extracting(object -> object.getObjectName().split("\\.")[0])
                    .containsExactly("entry");
        }
        try (Answers.Listener listener = narrow.answers().listen(id)) {
            narrow.answers().announce(id, SampleJobs.graded("\"".repeat(1 << 20)));
            long start = System.nanoTime();
            listener.await(LONG);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
        narrow.ledger().forgetBefore(SampleJobs.NOON.plus(Duration.ofDays(3650)));
        try (Connection looker = Nats.connect(small.url())) {
            assertThat(looker.objectStore("RUN_BLOB").getList()).isEmpty();
        }
    }
}
