package dev.mayfly.fleet.guest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.guest.RunnerWatch;
import dev.mayfly.fleet.guest.Seed;
import dev.mayfly.fleet.runner.GuestState;
import dev.mayfly.fleet.ssh.SshResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides over real connections of the loopback. */
class HttpGuestTest {
    private static final String NONCE = "00112233445566778899aabbccddeeff";
    private static final String OTHER = "ffeeddccbbaa99887766554433221100";
    private static final String RUNNER = "shoes-vz-1.17";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonObject PLACE = JsonObject.of()
            .with("runner_id", RUNNER)
            .with("ip_address", "192.168.64.7")
            .with("port", 8080)
            .with("ssh_host_key", "ssh-ed25519 AAAA");

    @TempDir
    Path folder;

    private final AnnounceDesk desk = AnnounceDesk.open(local(0), Log.off());
    private RunnerWatch watch;
    private HttpGuest guest;

    private static InetSocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @BeforeEach
    void open() {
        watch = RunnerWatch.start(folder, Log.off());
        guest = HttpGuest.open(
                new Seed(RUNNER, NONCE, "runner-1", "ssh-ed25519 KEY", "unused:1"),
                local(desk.port()),
                local(0),
                new HttpGuest.Door("ssh-ed25519 AAAA", 2222),
                watch,
                Log.off());
    }

    @AfterEach
    void close() {
        guest.close();
        watch.close();
        desk.close();
    }

    private HttpChannel channel(String nonce) {
        return new HttpChannel(RUNNER, nonce, new Announced("127.0.0.1", guest.port(), 22, ""));
    }

    private Knock.Answer announce(String runner, String nonce, JsonObject body) throws Exception {
        try (Knock knock = new Knock(runner, nonce, Clock.systemUTC())) {
            return knock.ask(local(desk.port()), "POST", "/announce", body, PATIENCE);
        }
    }

    /** All that comes back until the other side hangs up. */
    private static String raw(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void a_guest_says_where_it_is_and_its_host_asks_it_there() throws Exception {
        Files.writeString(
                folder.resolve(".runner"),
                "\uFEFF{\"agentId\":3,\"agentName\":\"gh-7\",\"gitHubUrl\":\"https://github.com/octo/app\",\"workFolder\":\"_work\"}");
        desk.expect(RUNNER, NONCE);
        assertThat(desk.await(RUNNER, Duration.ZERO)).isEmpty();
        Thread announcing = Thread.ofVirtual().start(() -> {
            try {
                guest.announce();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Announced place = desk.await(RUNNER, PATIENCE).orElseThrow();
        announcing.interrupt();
        assertThat(place).isEqualTo(new Announced("127.0.0.1", guest.port(), 2222, "ssh-ed25519 AAAA"));
        try (HttpChannel channel = new HttpChannel(RUNNER, NONCE, place)) {
            channel.health();
            assertThat(channel.exec(List.of("sh", "-c", "cat; echo $0 >&2; exit 3", "x y"), "in\n", PATIENCE))
                    .isEqualTo(new SshResult(3, "in\nx y\n"));
            assertThat(channel.exec(List.of("/no/such/program"), "", PATIENCE).exitCode())
                    .isEqualTo(127);
            assertThat(channel.exec(List.of("sleep", "600"), "", Duration.ofSeconds(1)))
                    .isEqualTo(new SshResult(-1, ""));
            assertThat(channel.exec(List.of("head", "-c", "3000000", "/dev/zero"), "", PATIENCE)
                            .output())
                    .as("no guest's command fills its host's memory")
                    .hasSize(1 << 20);
            assertThat(channel.status().state()).isEqualTo(GuestState.OFFLINE);
            assertThat(channel.status().runnerName()).isEqualTo("gh-7");
            assertThat(channel.status().repository()).isEqualTo("octo/app");
        }
        desk.forget(RUNNER);
        assertThat(desk.await(RUNNER, PATIENCE)).isEmpty();
    }

    @Test
    void who_does_not_know_the_nonce_of_this_boot_is_not_heard_by_either_side() throws Exception {
        desk.expect(RUNNER, NONCE);
        assertThatThrownBy(() -> announce(RUNNER, OTHER, PLACE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403");
        String refused = raw(
                desk.port(),
                "POST /announce HTTP/1.1\r\nx-mayfly-runner: " + RUNNER + "\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(refused).startsWith("HTTP/1.1 403").contains("denied").doesNotContain("x-mayfly-proof");
        assertThat(desk.await(RUNNER, Duration.ZERO)).isEmpty();
        try (HttpChannel stranger = channel(OTHER)) {
            assertThatThrownBy(stranger::health).isInstanceOf(IOException.class).hasMessageContaining("403");
            assertThatThrownBy(stranger::status).isInstanceOf(IOException.class);
            Path trace = folder.resolve("trace");
            assertThatThrownBy(() -> stranger.exec(List.of("touch", trace.toString()), "", PATIENCE))
                    .isInstanceOf(IOException.class);
            assertThat(trace).doesNotExist();
        }
        for (String path : List.of("GET /health", "GET /status", "POST /exec", "GET /", "DELETE /status")) {
            assertThat(raw(guest.port(), path + " HTTP/1.1\r\n\r\n")).as(path).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void a_host_does_not_believe_who_answers_in_the_place_of_its_guest() {
        SmallServer.Bounds bounds = new SmallServer.Bounds(4096, 4096, 4, PATIENCE);
        try (SmallServer liar = SmallServer.open(
                        local(0),
                        bounds,
                        _ -> new SmallServer.Reply(200, java.util.Map.of(), "{\"state\":5,\"status\":\"ok\"}"),
                        Log.off());
                HttpChannel channel = new HttpChannel(RUNNER, NONCE, new Announced("127.0.0.1", liar.port(), 22, ""))) {
            assertThatThrownBy(channel::health)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not know the nonce");
            assertThatThrownBy(channel::status).isInstanceOf(IOException.class);
        }
    }

    @Test
    void what_was_heard_before_is_not_heard_again_and_a_sender_that_lost_count_finds_it() throws Exception {
        desk.expect(RUNNER, NONCE);
        String body = JsonWriter.compact(PLACE);
        String proof = new Proof(NONCE).ofQuestion("POST", "/announce", 7, body);
        String request = "POST /announce HTTP/1.1\r\nx-mayfly-runner: " + RUNNER
                + "\r\nx-mayfly-count: 7\r\nx-mayfly-proof: " + proof + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
        assertThat(raw(desk.port(), request)).startsWith("HTTP/1.1 200");
        assertThat(raw(desk.port(), request)).startsWith("HTTP/1.1 409").contains("\"heard\":7");
        assertThat(raw(desk.port(), request.replace("count: 7", "count: 8")))
                .as("the count is part of what is signed")
                .startsWith("HTTP/1.1 403");
        assertThat(raw(desk.port(), request.replace("/announce HTTP", "/notify-ip HTTP")))
                .as("so is the path")
                .startsWith("HTTP/1.1 403");
        assertThat(raw(desk.port(), request.replace("64.7", "64.8")))
                .as("and the body")
                .startsWith("HTTP/1.1 403");
        Clock early = Clock.fixed(java.time.Instant.EPOCH, java.time.ZoneOffset.UTC);
        try (Knock knock = new Knock(RUNNER, NONCE, early)) {
            assertThat(knock.ask(local(desk.port()), "POST", "/notify-ip", PLACE, PATIENCE)
                            .status())
                    .isEqualTo(200);
        }
        assertThat(desk.await(RUNNER, PATIENCE)).hasValue(new Announced("192.168.64.7", 8080, 22, "ssh-ed25519 AAAA"));
    }

    @Test
    void nobody_speaks_for_another_runner_or_for_one_that_nobody_expects() throws Exception {
        desk.expect(RUNNER, NONCE);
        desk.expect("other.1", OTHER);
        assertThatThrownBy(() -> announce("unknown.1", NONCE, PLACE)).hasMessageContaining("403");
        assertThatThrownBy(() -> announce("other.1", NONCE, PLACE)).hasMessageContaining("403");
        Knock.Answer mixed = announce("other.1", OTHER, PLACE);
        assertThat(mixed.status()).isEqualTo(400);
        assertThat(desk.await(RUNNER, Duration.ZERO)).isEmpty();
        assertThat(desk.await("other.1", Duration.ZERO)).isEmpty();
        for (JsonObject wrong : List.of(
                PLACE.with("ip_address", "evil.example.org"),
                PLACE.with("ip_address", "10.0.0.1; rm"),
                PLACE.with("port", 70_000),
                PLACE.with("ssh_host_key", "a\nb"))) {
            assertThat(announce(RUNNER, NONCE, wrong).status()).isEqualTo(400);
        }
        assertThat(desk.await(RUNNER, Duration.ZERO)).isEmpty();
    }

    @Test
    void what_is_too_long_or_no_http_is_refused() throws Exception {
        assertThat(raw(desk.port(), "POST /announce HTTP/1.1\r\nContent-Length: 9000\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(raw(desk.port(), "POST /announce HTTP/1.1\r\nContent-Length: many\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(raw(desk.port(), "POST /announce HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"))
                .startsWith("HTTP/1.1 411");
        assertThat(raw(desk.port(), "GET / HTTP/1.1\r\nx: " + "y".repeat(4096 - 18)))
                .startsWith("HTTP/1.1 431");
        assertThat(raw(desk.port(), "hello\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw(desk.port(), "GET / HTTP/1.1\r\na: 1\r\nA: 2\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw(desk.port(), "GET /announce HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405");
        assertThat(raw(desk.port(), "GET /other HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404");
    }

    @Test
    void who_says_a_byte_at_a_time_is_hung_up_on_and_others_are_served_meanwhile_and_after() throws Exception {
        SmallServer.Bounds bounds = new SmallServer.Bounds(4096, 8192, 2, Duration.ofSeconds(2));
        try (AnnounceDesk small = AnnounceDesk.open(local(0), bounds, Log.off())) {
            small.expect(RUNNER, NONCE);
            try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
                Thread dripping = Thread.ofVirtual().start(() -> {
                    try {
                        for (int i = 0; i < 4000; i++) {
                            slow.getOutputStream().write('G');
                            Thread.sleep(50);
                        }
                    } catch (IOException | InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                try (Knock knock = new Knock(RUNNER, NONCE, Clock.systemUTC())) {
                    assertThat(knock.ask(local(small.port()), "POST", "/announce", PLACE, PATIENCE)
                                    .status())
                            .isEqualTo(200);
                }
                slow.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(answer(slow)).startsWith("HTTP/1.1 408");
                dripping.interrupt();
            }
        }
    }

    /** The first line; after it the connection may be reset, because what was said too late is not read. */
    private static String answer(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    @Test
    void more_callers_than_there_is_room_for_are_turned_away() throws Exception {
        SmallServer.Bounds bounds = new SmallServer.Bounds(4096, 8192, 1, PATIENCE);
        try (AnnounceDesk small = AnnounceDesk.open(local(0), bounds, Log.off());
                Socket first = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
            first.getOutputStream().write('P');
            try (Socket second = new Socket(InetAddress.getLoopbackAddress(), small.port())) {
                second.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void an_answer_is_json_that_says_what_shoes_vz_says() throws Exception {
        try (Knock knock = new Knock(RUNNER, NONCE, Clock.systemUTC())) {
            JsonObject none = JsonObject.of();
            InetSocketAddress at = local(guest.port());
            assertThat(knock.ask(at, "GET", "/health", none, PATIENCE).body())
                    .isEqualTo(JsonReader.read("{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8)));
            assertThat(knock.ask(at, "GET", "/status", none, PATIENCE).body().members())
                    .containsKeys("state", "runner_name", "repository", "labels");
            JsonObject exec = JsonObject.of().with("command", "true");
            assertThat(knock.ask(at, "POST", "/exec", exec, PATIENCE).body())
                    .isEqualTo(JsonObject.of()
                            .with("output", "")
                            .with("exit_code", 0)
                            .with("error", ""));
            assertThat(knock.ask(at, "POST", "/exec", none, PATIENCE).status()).isEqualTo(400);
            assertThat(knock.ask(at, "GET", "/other", none, PATIENCE).status()).isEqualTo(404);
        }
    }
}
