package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Asks one side that knows a nonce, and believes only what is signed with it. Safe for concurrent use. */
final class Knock implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** A mebibyte of output, each of its letters written as six. */
    private static final int LONGEST_ANSWER = 8 << 20;

    private static final int HEARD_BEFORE = 409;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final String runner;
    private final Proof proof;
    private final AtomicLong count;

    /** @param runner of which this is */
    Knock(String runner, String nonce, Clock clock) {
        this.runner = runner;
        this.proof = new Proof(nonce);
        // Begins above what an earlier process of this side has counted, unless the clock went back; then it is told.
        this.count = new AtomicLong(clock.millis() * 1_000);
    }

    /** @param status what the other side says, signed by it */
    record Answer(int status, JsonObject body) {}

    /**
     * @throws IOException when nobody answers who knows the nonce
     */
    Answer ask(InetSocketAddress at, String method, String path, JsonObject body, Duration patience)
            throws IOException, InterruptedException {
        Answer first = once(at, method, path, body, patience);
        if (first.status() != HEARD_BEFORE) {
            return first;
        }
        // It did nothing with it, so it can be asked again.
        long heard = first.body()
                .get("heard")
                .filter(JsonNumber.class::isInstance)
                .flatMap(value ->
                        ((JsonNumber) value).exactLong().stream().boxed().findFirst())
                .orElse(0L);
        count.updateAndGet(now -> Math.max(now, heard));
        return once(at, method, path, body, patience);
    }

    private Answer once(InetSocketAddress at, String method, String path, JsonObject body, Duration patience)
            throws IOException, InterruptedException {
        long number = count.incrementAndGet();
        String text = method.equals("GET") ? "" : JsonWriter.compact(body);
        String host = at.getHostString();
        URI uri = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(patience)
                .header(Proof.RUNNER, runner)
                .header(Proof.COUNT, Long.toString(number))
                .header(Proof.PROOF, proof.ofQuestion(method, path, number, text))
                .method(
                        method,
                        text.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(text))
                .build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        byte[] said;
        try (InputStream in = response.body()) {
            said = in.readNBytes(LONGEST_ANSWER + 1);
        }
        String claimed = response.headers().firstValue(Proof.PROOF).orElse("");
        if (said.length > LONGEST_ANSWER
                || !Proof.same(
                        proof.ofAnswer(response.statusCode(), number, new String(said, StandardCharsets.UTF_8)),
                        claimed)) {
            throw new IOException(
                    "whoever answers at " + at + " does not know the nonce (status " + response.statusCode() + ")");
        }
        try {
            if (JsonReader.read(said) instanceof JsonObject object) {
                return new Answer(response.statusCode(), object);
            }
        } catch (JsonSyntaxException e) {
            throw new IOException("the answer from " + at + " cannot be read: " + e.getMessage(), e);
        }
        throw new IOException("the answer from " + at + " is no object");
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
