package dev.mayfly.e2e.faults;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.testkit.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.KeyValue;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.nats.client.api.KeyValueEntry;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** A nats-server, with workers in two homes. Read and written with the plain client library. */
final class NatsFarm implements Farm {
    private final List<Path> homes;
    private final NatsServer server;
    private final Connection connection;
    private final Map<String, Set<String>> heard = new ConcurrentHashMap<>();

    NatsFarm(Path binary, Path folder, Path firstHome, Path secondHome) throws IOException, InterruptedException {
        this.homes = List.of(firstHome, firstHome, secondHome);
        Path own = Files.createDirectories(folder.resolve("nats"));
        this.server = NatsServer.start(binary, own);
        this.connection = Nats.connect(new Options.Builder()
                .server(server.url())
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(100))
                .reconnectBufferSize(0)
                .errorListener(new io.nats.client.ErrorListener() {})
                .build());
        connection
                .createDispatcher(message -> heard.computeIfAbsent(
                                message.getSubject().substring("run.res.".length()), _ -> ConcurrentHashMap.newKeySet())
                        .add(new String(message.getData(), StandardCharsets.UTF_8)))
                .subscribe("run.res.>");
    }

    @Override
    public List<Path> homes() {
        return homes;
    }

    @Override
    public Map<String, String> settings() {
        return Map.of("NATS_URL", server.url());
    }

    @Override
    public void publishRaw(byte[] body) throws Exception {
        connection
                .jetStream()
                .publish(
                        "run.req.default",
                        body,
                        PublishOptions.builder()
                                .messageId(OldClient.messageId(body))
                                .build());
    }

    @Override
    public List<Row> ledger() throws Exception {
        KeyValue bucket = connection.keyValue("RUN_LEDGER");
        List<Row> rows = new ArrayList<>();
        for (String key : bucket.keys()) {
            KeyValueEntry entry = bucket.get(key);
            if (JsonReader.read(entry.getValue()) instanceof JsonObject object) {
                long fence = object.get("fence").orElse(object) instanceof JsonNumber number
                        ? number.unsignedLong().orElse(-1)
                        : -1;
                rows.add(new Row(
                        key,
                        Job.tagIn(OldClient.text(object, "summary")),
                        OldClient.text(object, "state"),
                        fence,
                        object.get("answer")
                                .map(answer -> OldClient.result(JsonWriter.compact(answer)))
                                .orElse("")));
            }
        }
        return rows;
    }

    @Override
    public long left() throws Exception {
        return connection
                .jetStreamManagement()
                .getStreamInfo("RUN")
                .getStreamState()
                .getMsgCount();
    }

    @Override
    public List<String> letters() throws Exception {
        StreamInfo dead = connection.jetStreamManagement().getStreamInfo("RUN_DLQ");
        List<String> bodies = new ArrayList<>();
        for (long number = dead.getStreamState().getFirstSequence();
                number <= dead.getStreamState().getLastSequence();
                number++) {
            MessageInfo message = connection.jetStreamManagement().getMessage("RUN_DLQ", number);
            bodies.add(new String(message.getData(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    @Override
    public Map<String, Set<String>> heard() {
        return heard;
    }

    @Override
    public String disturb(RandomGenerator chance) throws Exception {
        if (chance.nextInt(3) > 0) {
            server.kill9();
            Thread.sleep(chance.nextInt(400));
            server.restart();
            return "nats-server killed";
        }
        server.pause();
        try {
            Thread.sleep(100 + chance.nextInt(1500));
        } finally {
            server.resume();
        }
        return "nats-server paused";
    }

    @Override
    public void close() throws InterruptedException {
        connection.close();
        server.close();
    }
}
