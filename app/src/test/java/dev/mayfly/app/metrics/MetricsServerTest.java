package dev.mayfly.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.KeptLog;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private final Metrics metrics = new Metrics();
    private final MetricsServer server =
            MetricsServer.open(new Listen.At("127.0.0.1", 0), metrics, new KeptLog().log());
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String type(HttpResponse<String> response) {
        return response.headers().firstValue("Content-Type").orElse("");
    }

    @Test
    void metrics_come_as_text_and_as_OpenMetrics_for_who_asks() throws Exception {
        metrics.runFinished(RunEnding.GREEN);

        HttpResponse<String> plain = send(request("/metrics").build());
        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(type(plain)).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(plain.body())
                .contains("# TYPE mayfly_runs_total counter\n")
                .contains("mayfly_runs_total{verdict=\"green\"} 1.0\n")
                .doesNotContain("magicrune_", "# EOF");

        HttpResponse<String> open = send(request("/metrics")
                .header("Accept", "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.5")
                .build());
        assertThat(type(open)).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body()).contains("# TYPE mayfly_runs counter\n").endsWith("# EOF\n");
    }

    @Test
    void HEAD_gets_the_head_only() throws Exception {
        HttpResponse<String> head = send(request("/metrics").HEAD().build());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValueAsLong("Content-Length").orElse(0)).isGreaterThan(1000);
    }

    @Test
    void health_is_ok_until_the_worker_takes_no_jobs() throws Exception {
        assertThat(send(request("/healthz").build()).body()).isEqualTo("{\"status\":\"ok\"}\n");
        metrics.state(WorkerState.FETCHING, "");
        assertThat(send(request("/healthz").build()).statusCode()).isEqualTo(200);

        metrics.state(WorkerState.STOPPED, "cannot write ledger.db: disk I/O error");
        HttpResponse<String> ill = send(request("/healthz").build());
        assertThat(ill.statusCode()).isEqualTo(503);
        assertThat(type(ill)).isEqualTo("application/json");
        assertThat(ill.body())
                .isEqualTo("{\"status\":\"stopped\",\"why\":\"cannot write ledger.db: disk I/O error\"}\n");
    }

    @Test
    void other_paths_and_methods_are_refused_without_reading_a_body() throws Exception {
        for (String path : List.of("/", "/metrics/", "/metricsx", "/healthz/..", "/%2e%2e/etc/passwd")) {
            assertThat(send(request(path).build()).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(send(request("/metrics?name=x").build()).statusCode()).isEqualTo(200);
        HttpResponse<String> deleted = send(request("/metrics").DELETE().build());
        assertThat(deleted.statusCode()).isEqualTo(405);
        assertThat(deleted.headers().firstValue("Allow")).contains("GET, HEAD");
        // The body is announced and never sent: who would read it would wait.
        assertThat(raw("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n", false))
                .startsWith("HTTP/1.1 405 ");
    }

    @Test
    void each_answer_ends_its_connection_and_says_so_thus_one_client_can_ask_again_and_again() throws Exception {
        for (int i = 0; i < 100; i++) {
            HttpResponse<String> answer = send(request("/healthz").build());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Connection")).contains("close");
        }
    }

    @Test
    void two_scrapes_at_once_are_both_answered_whole() {
        List<CompletableFuture<String>> scrapes = Stream.generate(
                        () -> client.sendAsync(request("/metrics").build(), HttpResponse.BodyHandlers.ofString())
                                .thenApply(HttpResponse::body))
                .limit(8)
                .toList();
        assertThat(scrapes)
                .allSatisfy(scrape -> assertThat(scrape.join())
                        .contains("mayfly_worker_state{state=\"disconnected\"} 0.0\n")
                        .endsWith("\n"));
    }

    @Test
    void a_request_that_is_too_long_ends_its_connection_and_nothing_else() throws Exception {
        for (String hostile : List.of(
                "GET /" + "a".repeat(1_000_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(1_000_000) + "\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nHost: x\r\n" + "X: a\r\n".repeat(100_000) + "\r\n",
                "\u0000\u0001\u0002 nonsense\r\n\r\n",
                "GET http://[bad HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(raw(hostile, true)).doesNotContain(" 200 ");
        }
        assertThat(send(request("/metrics").build()).statusCode()).isEqualTo(200);
    }

    @Test
    void clients_that_dawdle_are_cut_off_and_cannot_shut_others_out_for_long() throws Exception {
        List<Socket> dawdlers = new ArrayList<>();
        try {
            dawdlers.add(dawdler());
            assertThat(send(request("/metrics").build()).statusCode()).isEqualTo(200);

            // More than there is room for: the last of them are turned away at the door.
            for (int i = 0; i < 64; i++) {
                dawdlers.add(dawdler());
            }
            long begun = System.nanoTime();
            while (!isAnswered()) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
                Thread.sleep(100);
            }
            assertThat(readAll(dawdlers.getFirst())).doesNotContain(" 200 ");
        } finally {
            for (Socket socket : dawdlers) {
                socket.close();
            }
        }
    }

    private Socket dawdler() throws IOException {
        Socket socket = connect();
        socket.setSoTimeout(15_000);
        try {
            socket.getOutputStream().write("GET /metr".getBytes(StandardCharsets.US_ASCII));
        } catch (SocketException _) {
            // Turned away.
        }
        return socket;
    }

    private boolean isAnswered() throws InterruptedException {
        try {
            return send(request("/metrics").build()).statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void after_its_end_nothing_listens() throws Exception {
        URI uri = URI.create(server.url());
        server.close();
        assertThat(CompletableFuture.supplyAsync(() -> {
                    try (Socket _ = new Socket(uri.getHost(), uri.getPort())) {
                        return "open";
                    } catch (IOException e) {
                        return "closed";
                    }
                }))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo("closed");
    }

    private Socket connect() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort());
    }

    private String raw(String request, boolean endOutput) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(20_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                if (endOutput) {
                    socket.shutdownOutput();
                }
            } catch (SocketException _) {
                // It has hung up already.
            }
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        StringBuilder out = new StringBuilder();
        try (InputStream in = socket.getInputStream()) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                out.append((char) b);
            }
        } catch (SocketException _) {
            // Reset, which is an end too.
        }
        return out.toString();
    }
}
