package dev.mayfly.app.fleet;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.github.JobEvent;
import dev.mayfly.fleet.github.Scaler;
import dev.mayfly.fleet.github.Signature;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Takes what GitHub tells of jobs: {@code POST /github}, signed with a secret. Nothing of a body is looked at before its
 * signature fits.
 */
final class WebhookServer implements AutoCloseable {
    private static final String PATH = "/github";

    /** GitHub sends nothing larger (docs, "Webhook events and payloads"). */
    private static final int LONGEST_BODY = 25 << 20;

    private static final int OK = 200;
    private static final int ACCEPTED = 202;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Scaler scaler;
    private final String secret;
    private final Log log;

    private WebhookServer(HttpServer server, Scaler scaler, String secret, Log log) {
        this.server = server;
        this.scaler = scaler;
        this.secret = secret;
        this.log = log;
    }

    /** @throws MayflyException {@code LISTEN_FAILED} */
    static WebhookServer open(HostPort at, Scaler scaler, String secret, Log log) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()), 0);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "webhooks cannot be taken at " + at.host() + ":" + at.port(),
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "name an address of this host that is free: --listen 127.0.0.1:9475",
                    e);
        }
        WebhookServer made = new WebhookServer(server, scaler, secret, log.named("webhook"));
        server.createContext("/", made::answer);
        server.setExecutor(made.threads);
        server.start();
        return made;
    }

    String url() {
        InetSocketAddress at = server.getAddress();
        return "http://" + at.getAddress().getHostAddress() + ":" + at.getPort() + PATH;
    }

    private record Answer(int status, JsonObject body) {
        static Answer refused(int status, String why) {
            return new Answer(status, JsonObject.of().with("error", why));
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answerTo(exchange);
            } catch (MayflyException e) {
                log.warn().cause(e).log("an event was not taken in");
                answer = Answer.refused(503, e.what() + ": " + e.why());
            } catch (RuntimeException e) {
                log.error().cause(e).log("a bug");
                answer = Answer.refused(500, "internal error");
            }
            byte[] bytes = (JsonWriter.compact(answer.body()) + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        }
    }

    private Answer answerTo(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(PATH)) {
            return Answer.refused(404, "there is only " + PATH);
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            return Answer.refused(405, "events are posted");
        }
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            return Answer.refused(413, "no event is larger than " + LONGEST_BODY + " bytes");
        }
        String claimed = Optional.ofNullable(exchange.getRequestHeaders().getFirst(Signature.HEADER))
                .orElse("");
        if (!Signature.fits(secret, body, claimed)) {
            return Answer.refused(401, Signature.HEADER + " does not fit: both sides must have the same secret");
        }
        String event = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-GitHub-Event"))
                .orElse("");
        if (!event.equals("workflow_job")) {
            return new Answer(OK, JsonObject.of().with("result", "ignored: no event of a job"));
        }
        try {
            return new Answer(ACCEPTED, JsonObject.of().with("result", scaler.take(JobEvent.read(body))));
        } catch (IllegalArgumentException e) {
            return Answer.refused(400, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
