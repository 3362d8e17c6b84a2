package dev.mayfly.store.rqlite;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends requests to whichever node takes them. A node that was good is asked first the next time.
 *
 * <p>Whether a request may go to another node depends on what is known: a reading always may; a writing only when the
 * first node surely did not pass it on, which is when no connection came about, or when it says that it has no leader or
 * is not ready. Safe for concurrent use.
 */
final class RqliteCluster implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final JsonLimits LIMITS = new JsonLimits(256 << 20, 16, 32_000_000);
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int BROKEN = 500;
    private static final int UNAVAILABLE = 503;
    private static final int LONGEST_QUOTE = 300;

    private final RqliteOptions options;
    private final RqliteFailure failures;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private final AtomicInteger preferred = new AtomicInteger();
    private volatile boolean closed;

    RqliteCluster(RqliteOptions options, RqliteFailure failures) {
        this.options = options;
        this.failures = failures;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_WITHIN)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(threads)
                .build();
    }

    /** What one node made of a request. */
    private sealed interface Said {
        record Results(JsonArray results) implements Said {}

        /** It had the request, and something else failed than a statement: the way back, a commit, the cluster's log. */
        record Lost(String why) implements Said {}

        /** It did not take the request. */
        record Declined(String why) implements Said {}
    }

    /** The results of the statements, up to the first that failed; they were applied together or not at all. */
    JsonArray write(byte[] statements) {
        return send("/db/execute?transaction", statements, "write", false);
    }

    /** The results of queries, as of the last batch that was applied by anybody. */
    JsonArray read(byte[] statements) {
        return send("/db/query?level=linearizable", statements, "read", true);
    }

    private JsonArray send(String path, byte[] body, String doing, boolean repeatable) {
        long end = System.nanoTime() + options.patience().toNanos();
        for (int tries = 1; ; tries++) {
            if (closed) {
                throw failures.failure(
                        ErrorCode.STATE_UNAVAILABLE, doing, "it is closed", "this program is ending; start it again");
            }
            int node = Math.floorMod(preferred.get(), options.nodes().size());
            Said said = ask(options.nodes().get(node), path, body, doing);
            String why;
            switch (said) {
                case Said.Results(JsonArray results) -> {
                    return results;
                }
                case Said.Lost(String lost) -> {
                    if (!repeatable) {
                        throw failures.outcomeUnknown(doing, lost);
                    }
                    why = lost;
                }
                case Said.Declined(String declined) -> why = declined;
            }
            preferred.compareAndSet(node, (node + 1) % options.nodes().size());
            if (System.nanoTime() - end > 0) {
                throw failures.nobodyAnswers(doing, why);
            }
            if (tries % options.nodes().size() == 0) {
                Patiently.pause(PAUSE);
            }
        }
    }

    private Said ask(URI node, String path, byte[] body, String doing) {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.resolve(path))
                .timeout(options.answerWithin())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        options.credentials()
                .map(each -> Base64.getEncoder().encodeToString(each.getBytes(StandardCharsets.UTF_8)))
                .ifPresent(each -> request.header("Authorization", "Basic " + each));
        try {
            return answer(node, Patiently.await(client.sendAsync(request.build(), BodyHandlers.ofByteArray())), doing);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = node + ": " + cause;
            return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                    ? new Said.Declined(why)
                    : new Said.Lost(why);
        }
    }

    private Said answer(URI node, HttpResponse<byte[]> response, String doing) {
        int status = response.statusCode();
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            throw failures.forbidden(doing);
        }
        String text = quote(response.body());
        if (status == UNAVAILABLE || (status == BROKEN && isUntouched(text))) {
            return new Said.Declined(node + ": " + text);
        }
        if (status == BROKEN) {
            return new Said.Lost(node + ": " + text);
        }
        if (status != OK) {
            throw failures.notUnderstood(doing, "status " + status + ", " + text);
        }
        return body(node, response.body(), doing);
    }

    private Said body(URI node, byte[] text, String doing) {
        JsonValue read;
        try {
            read = JsonReader.read(text, LIMITS);
        } catch (JsonSyntaxException e) {
            throw failures.notUnderstood(doing, e.getMessage() + ", " + quote(text));
        }
        if (!(read instanceof JsonObject answer)) {
            throw failures.notUnderstood(doing, quote(text));
        }
        if (answer.get("error").orElse(read) instanceof JsonString(String error)) {
            return isUntouched(error) ? new Said.Declined(node + ": " + error) : new Said.Lost(node + ": " + error);
        }
        if (answer.get("results").orElse(read) instanceof JsonArray results) {
            return new Said.Results(results);
        }
        throw failures.notUnderstood(doing, quote(text));
    }

    /** Said before the request reached the cluster's log (ErrNotReady, ErrNotOpen, ErrLeaderNotFound, ErrNotLeader). */
    private static boolean isUntouched(String error) {
        return error.endsWith("store not ready")
                || error.endsWith("store not open")
                || error.endsWith("leader not found")
                || error.endsWith("not leader");
    }

    private static String quote(byte[] text) {
        String said = new String(text, StandardCharsets.UTF_8).strip();
        return said.length() > LONGEST_QUOTE ? said.substring(0, LONGEST_QUOTE) + " …" : said;
    }

    @Override
    public void close() {
        closed = true;
        client.shutdownNow();
        threads.shutdown();
    }
}
