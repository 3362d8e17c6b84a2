package dev.mayfly.app.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * {@code GET /metrics} and {@code GET /healthz} over HTTP/1.1; everything else is refused. Nothing of a request but its
 * method, path and {@code Accept} is looked at. Each request has a virtual thread; {@link #LIMITS} bounds how many there
 * are, how long one takes and how large one is. Who can reach the address may read: there is nothing secret in a count.
 */
public final class MetricsServer implements AutoCloseable {
    /**
     * The JDK's server takes its limits from system properties, once in the life of a process (module jdk.httpserver,
     * "System properties used by the HTTP server API"). Whoever set one of them on the command line has the last word.
     */
    private static final Map<String, String> LIMITS = Map.of(
            "sun.net.httpserver.nodelay", "true", // head and body are two writes, which Nagle would hold apart
            "jdk.httpserver.maxConnections", "32",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384", // bytes, with the request line
            "sun.net.httpserver.maxReqTime", "5", // seconds, from its first byte to its last
            "sun.net.httpserver.maxRspTime", "10", // seconds
            "sun.net.httpserver.idleInterval", "15", // seconds
            "sun.net.httpserver.drainAmount", "0"); // bytes of a body that are read to be thrown away

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService requests;
    private final Readings readings;
    private final Log log;

    private MetricsServer(HttpServer server, ExecutorService requests, Readings readings, Log log) {
        this.server = server;
        this.requests = requests;
        this.readings = readings;
        this.log = log;
    }

    /**
     * Listens there and nowhere else.
     *
     * @throws MayflyException {@code LISTEN_FAILED} when the address is not there, taken or not allowed
     */
    public static MetricsServer open(Listen.At at, Metrics metrics, Log log) {
        return open(at, new Exposition(metrics), log);
    }

    /** The same for the server of a fleet. */
    public static MetricsServer open(Listen.At at, FleetMetrics metrics, Log log) {
        return open(at, metrics.readings(), log);
    }

    static MetricsServer open(Listen.At at, Readings readings, Log log) {
        LIMITS.forEach((property, value) -> {
            if (System.getProperty(property) == null) {
                System.setProperty(property, value);
            }
        });
        HttpServer server = bind(at);
        ExecutorService requests = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("metrics-", 0).factory());
        MetricsServer made = new MetricsServer(server, requests, readings, log);
        server.createContext("/", made::answer);
        server.setExecutor(requests);
        server.start();
        log.info().with("url", made.url() + "/metrics").log("serving metrics");
        return made;
    }

    private static HttpServer bind(Listen.At at) {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()), 0);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "cannot serve metrics on " + at,
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "stop the program that listens there, or set metrics.listen (MAYFLY_METRICS_LISTEN; of a fleet"
                            + " fleet.metrics-listen) to another host:port of this machine, or to off",
                    e);
        }
    }

    /** Where it really listens, for example {@code http://127.0.0.1:9464}. */
    public String url() {
        InetSocketAddress address = server.getAddress();
        return "http://" + new Listen.At(address.getAddress().getHostAddress(), address.getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, 405, TEXT, bytes("only GET and HEAD\n"));
                return;
            }
            switch (Objects.toString(exchange.getRequestURI().getPath(), "")) {
                case "/metrics" -> metrics(exchange);
                case "/healthz" -> health(exchange);
                default -> send(exchange, 404, TEXT, bytes("only /metrics and /healthz\n"));
            }
        } catch (RuntimeException e) {
            log.error().cause(e).log("a request for metrics failed unexpectedly");
            throw e;
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        String accept = Objects.toString(exchange.getRequestHeaders().getFirst("Accept"), "");
        Exposition.Page page = readings.page(accept);
        exchange.getResponseHeaders().set("Vary", "Accept");
        send(exchange, 200, page.contentType(), bytes(page.body()));
    }

    private void health(HttpExchange exchange) throws IOException {
        Health health = readings.health();
        send(exchange, health.well() ? 200 : 503, JSON, bytes(JsonWriter.compact(health.json()) + "\n"));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        // With nothing drained the JDK's server ends each connection, but does not say so by itself, and a client that
        // wants to use it once more loses a race. Scrapes are rare, and nobody holds a place that he does not use.
        exchange.getResponseHeaders().set("Connection", "close");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Ends at once: an answer on its way may be cut, and whoever scrapes comes again. */
    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }
}
