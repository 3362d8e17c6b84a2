package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the engine finds on a server, and what it makes of it. */
@Timeout(120)
class NatsProvisionTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path temp;

    private NatsFarm farm;

    @BeforeEach
    void prepare() {
        farm = new NatsFarm(temp);
    }

    @AfterEach
    void end() throws Exception {
        farm.close();
    }

    private static void assertUnsuitable(NatsSettings settings, String why) {
        assertThatThrownBy(() -> NatsEngine.open(settings, IdSource.random(), Log.off()))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNSUITABLE);
                    assertThat(e.what() + e.why()).contains(why);
                    assertThat(e.fix()).isNotBlank();
                });
    }

    private Connection plainClient(NatsServer server) throws Exception {
        Connection connection = Nats.connect(server.url());
        farm.closing(connection::close);
        return connection;
    }

    @Test
    void nobody_there_is_said_with_the_place_and_without_the_password() {
        NatsSettings settings = NatsSettings.at("nats://user:secret@127.0.0.1:1");
        assertThatThrownBy(() -> NatsEngine.open(settings, IdSource.random(), Log.off()))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE);
                    assertThat(e.what()).contains("nats://127.0.0.1:1");
                    assertThat(e.render()).doesNotContain("secret");
                });
    }

    @Test
    void a_password_in_the_url_opens_a_server_that_wants_one() throws Exception {
        NatsServer server =
                farm.server(NatsOptions.plain().config("authorization { user: \"worker\", password: \"s3cret\" }"));
        String open = server.url().replace("//", "//worker:s3cret@");
        assertThat(farm.engine(NatsSettings.at(open)).queue().publish(message("a")))
                .isTrue();
        assertThatThrownBy(() -> NatsEngine.open(NatsSettings.at(server.url()), IdSource.random(), Log.off()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_UNREACHABLE));
    }

    @Test
    void a_server_older_than_2_10_is_refused_unless_it_is_allowed() throws Exception {
        NatsServer old = farm.server(Needs.oldNatsServer(), NatsOptions.plain());
        assertUnsuitable(NatsSettings.at(old.url()), "2.9.");
        NatsSettings plain = NatsSettings.at(old.url());
        NatsEngine allowed = farm.engine(new NatsSettings(
                plain.url(),
                plain.subject(),
                plain.stream(),
                plain.durable(),
                plain.maxAckPending(),
                plain.ackWait(),
                plain.duplicateWindow(),
                plain.patience(),
                plain.receiptWait(),
                plain.resultsKept(),
                plain.maxMessages(),
                plain.credentials(),
                true));
        assertThat(allowed.queue().publish(message("a"))).isTrue();
        assertThat(allowed.queue().next(LONG).orElseThrow().ack()).isTrue();
    }

    /** The same without an old server at hand. */
    @Test
    void the_version_in_the_greeting_of_a_server_decides() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread greeting = Thread.ofVirtual().start(() -> greet(socket, "2.9.25"));
            assertUnsuitable(NatsSettings.at("nats://127.0.0.1:" + socket.getLocalPort()), "2.9.25");
            socket.close();
            greeting.join();
        }
    }

    private static void greet(ServerSocket socket, String version) {
        String info = "INFO {\"server_id\":\"X\",\"version\":\"" + version
                + "\",\"headers\":true,\"jetstream\":true,\"max_payload\":1048576,\"proto\":1}\r\n";
        try {
            while (true) {
                Socket client = socket.accept();
                client.getOutputStream().write(info.getBytes(StandardCharsets.US_ASCII));
                Thread.ofVirtual().start(() -> answerPings(client));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void answerPings(Socket client) {
        try (client) {
            byte[] words = new byte[4096];
            for (int n = client.getInputStream().read(words);
                    n >= 0;
                    n = client.getInputStream().read(words)) {
                if (new String(words, 0, n, StandardCharsets.US_ASCII).contains("PING")) {
                    client.getOutputStream().write("PONG\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // The client is gone.
        }
    }

    @Test
    void versions_are_compared_as_numbers() {
        for (String fine : new String[] {"2.10.0", "2.10.27", "2.15.2", "2.100.1", "3.0.0-RC.1"}) {
            ServerCheck.requireVersion(fine, "url", false);
        }
        for (String old : new String[] {"2.9.10", "2.9.100", "1.12.0", "", "new"}) {
            assertThatThrownBy(() -> ServerCheck.requireVersion(old, "url", false))
                    .isInstanceOf(MayflyException.class);
            ServerCheck.requireVersion(old, "url", true);
        }
    }

    @Test
    void a_server_without_jetstream_is_refused() throws Exception {
        // An account without it looks like a server without it.
        NatsServer server = farm.server(NatsOptions.plain().config("""
                accounts {
                  plain { users: [ { user: "a", password: "a" } ] }
                }
                """));
        assertUnsuitable(NatsSettings.at(server.url().replace("//", "//a:a@")), "JetStream");
    }

    @Test
    void what_is_set_up_is_left_as_it_is_by_the_next_who_comes() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        farm.engine(NatsSettings.at(server.url()));
        JetStreamManagement management = plainClient(server).jetStreamManagement();
        StreamInfo requests = management.getStreamInfo("RUN");
        assertThat(requests.getConfiguration().getRetentionPolicy()).isEqualTo(RetentionPolicy.WorkQueue);
        assertThat(requests.getConfiguration().getStorageType()).isEqualTo(StorageType.File);
        assertThat(requests.getConfiguration().getSubjects()).containsExactly("run.req.*");
        assertThat(management.getStreamNames())
                .containsExactlyInAnyOrder(
                        "RUN", "RUN_RES", "RUN_DLQ", "KV_RUN_LEDGER", "KV_RUN_WORKERS", "OBJ_RUN_BLOB");
        KeptLog log = new KeptLog();
        farm.engine(NatsSettings.at(server.url()), log.log());
        assertThat(log.messages()).isEmpty();
        assertThat(management.getStreamInfo("RUN").getConfiguration().toJson())
                .isEqualTo(requests.getConfiguration().toJson());
    }

    @Test
    void a_stream_of_the_replaced_system_is_used_as_it_is() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        Connection plain = plainClient(server);
        JetStreamManagement management = plain.jetStreamManagement();
        management.addStream(StreamConfiguration.builder()
                .name("RUN")
                .subjects("run.req.default")
                .storageType(StorageType.File)
                .duplicateWindow(Duration.ofSeconds(120))
                .build());
        management.addOrUpdateConsumer(
                "RUN",
                ConsumerConfiguration.builder()
                        .durable("RUN_WORKER")
                        .ackPolicy(AckPolicy.Explicit)
                        .ackWait(Duration.ofSeconds(7))
                        .maxDeliver(3)
                        .build());
        plain.jetStream().publish("run.req.default", "old".getBytes(StandardCharsets.UTF_8));
        KeptLog log = new KeptLog();
        NatsEngine engine = farm.engine(NatsSettings.at(server.url()), log.log());
        assertThat(log.text()).contains("used as it is");
        assertThat(management.getStreamInfo("RUN").getConfiguration().getRetentionPolicy())
                .isEqualTo(RetentionPolicy.Limits);
        assertThat(management.getStreamInfo("RUN").getStreamState().getMsgCount())
                .isEqualTo(1);
        Delivery old = engine.queue().next(LONG).orElseThrow();
        ConsumerConfiguration consumer =
                management.getConsumerInfo("RUN", "RUN_WORKER").getConsumerConfiguration();
        assertThat(consumer.getMaxDeliver()).isEqualTo(-1);
        assertThat(consumer.getAckWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(old.message().id()).isEmpty();
        assertThat(old.message().body()).isEqualTo("old".getBytes(StandardCharsets.UTF_8));
        assertThat(old.ack()).isTrue();
        engine.queue().publish(message("new"));
        Delivery fresh = engine.queue().next(LONG).orElseThrow();
        assertThat(fresh.message().id()).isEqualTo("new");
        assertThat(fresh.ack()).isTrue();
        assertThat(engine.queue().depth()).isEqualTo(new dev.mayfly.queue.port.WorkQueue.Depth(0, 0, 0));
    }

    @Test
    void who_only_sends_leaves_the_terms_of_those_who_serve() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        NatsEngine worker = farm.engine(NatsFarm.settings(server, Duration.ofSeconds(3)));
        assertThat(worker.queue().next(Duration.ofMillis(10))).isEmpty();
        NatsEngine client = farm.engine(NatsFarm.settings(server, Duration.ofSeconds(9)));
        client.queue().publish(message("a"));
        JetStreamManagement management = plainClient(server).jetStreamManagement();
        assertThat(ackWait(management)).isEqualTo(Duration.ofSeconds(3));

        assertThat(client.queue().next(LONG)).isPresent();
        assertThat(ackWait(management)).isEqualTo(Duration.ofSeconds(9));
    }

    private static Duration ackWait(JetStreamManagement management) throws Exception {
        return management
                .getConsumerInfo("RUN", "RUN_WORKER")
                .getConsumerConfiguration()
                .getAckWait();
    }

    @Test
    void a_subject_of_another_stream_is_refused() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        JetStreamManagement management = plainClient(server).jetStreamManagement();
        management.addStream(StreamConfiguration.builder()
                .name("OTHER")
                .subjects("run.req.default")
                .build());
        assertUnsuitable(NatsSettings.at(server.url()), "another stream");
        management.addStream(
                StreamConfiguration.builder().name("RUN").subjects("elsewhere").build());
        assertUnsuitable(NatsSettings.at(server.url()), "does not take run.req.default");
        assertThat(management.getStreamNames()).contains("OTHER", "RUN");
    }

    @Test
    void a_consumer_that_was_deleted_is_made_again() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        NatsEngine engine = farm.engine(NatsSettings.at(server.url()));
        plainClient(server).jetStreamManagement().deleteConsumer("RUN", "RUN_WORKER");
        engine.queue().publish(message("a"));
        Optional<Delivery> next = engine.queue().next(LONG);
        assertThat(next.orElseThrow().message().id()).isEqualTo("a");
    }

    @Test
    void patterns_cover_what_the_server_says_they_do() {
        assertThat(Provision.covers("run.req.*", "run.req.default")).isTrue();
        assertThat(Provision.covers("run.req.*", "run.req.*")).isTrue();
        assertThat(Provision.covers("run.>", "run.req.a.b")).isTrue();
        assertThat(Provision.covers("run.req.*", "run.req.a.b")).isFalse();
        assertThat(Provision.covers("run.req.*", "run.req")).isFalse();
        assertThat(Provision.covers("run.req.*", "run.req.>")).isFalse();
        assertThat(Provision.covers("run.req.a", "run.req.*")).isFalse();
        assertThat(Provision.covers("run.>", "run")).isFalse();
    }

    private static Message message(String id) {
        return new Message("run.req.default", id, id.getBytes(StandardCharsets.UTF_8));
    }
}
