package dev.mayfly.platform.probe;

import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a NATS server can carry the queue: its version, JetStream, and what its acknowledgements are worth.
 *
 * <p>The first three stand in the INFO line that it sends to everyone who connects. When it writes to disk is told only
 * by its monitoring port, page {@code /jsz}: {@code config.sync_always}, {@code config.sync_interval} in nanoseconds.
 */
final class NatsProbe {
    private static final String EXAMPLE = "nats://127.0.0.1:4222";
    private static final String UPGRADE = "go install github.com/nats-io/nats-server/v2@latest   # then start that one";
    private static final String SYNC =
            "jetstream { sync_interval: always }   # in the server's configuration; each write then waits for the disk";

    private NatsProbe() {}

    static Capability examine(Host host, String url, Optional<String> monitor) {
        Optional<InetSocketAddress> address = ServiceUrl.address(url, 4222);
        if (address.isEmpty()) {
            return ServiceUrl.misspelt("nats", url, EXAMPLE);
        }
        String shown = ServiceUrl.shown(url);
        return switch (host.network().ask(address.get(), "")) {
            case HostNetwork.Answer.Silent silent ->
                Capability.unavailable(
                        "nats", shown + ": " + silent.why(), "nats-server --jetstream   # or correct the URL");
            case HostNetwork.Answer.Said said ->
                said.text().startsWith("INFO ")
                        ? object(said.text().substring("INFO ".length()))
                                .filter(info -> info.get("version").isPresent())
                                .map(info -> judge(host, shown, info, monitor))
                                .orElseGet(() -> notNats(shown))
                        : notNats(shown);
        };
    }

    private static Capability notNats(String shown) {
        return Capability.unavailable("nats", shown + " answers, but not as NATS does", "correct the URL");
    }

    private static Capability judge(Host host, String shown, JsonObject info, Optional<String> monitor) {
        String version = text(info, "version");
        String evidence = shown + ", version " + version
                + (yes(info, "auth_required") ? ", asks for credentials" : "")
                + number(info, "max_payload")
                        .map(bytes -> ", messages of " + bytes + " bytes at most")
                        .orElse("");
        if (KernelVersion.parse(version).filter(each -> each.atLeast(2, 10)).isEmpty()) {
            // Measured with 2.9.10: of 1000 messages, 400 of them acknowledged, all 1000 came back after kill -9.
            return Capability.unavailable(
                    "nats",
                    evidence
                            + ": older than 2.10; 2.9.10, killed, brings acknowledged messages back and strands others",
                    UPGRADE);
        }
        if (!yes(info, "jetstream")) {
            return Capability.unavailable(
                    "nats", evidence + ": JetStream is not enabled", "nats-server --jetstream --store_dir ~/nats");
        }
        return durability(host, evidence + ", JetStream", text(info, "server_id"), monitor);
    }

    private static Capability durability(Host host, String evidence, String serverId, Optional<String> monitor) {
        if (monitor.isEmpty()) {
            return unknown(
                    evidence,
                    "ask with nats.monitor",
                    "set nats.monitor, for example http://127.0.0.1:8222, and start nats-server with -m 8222");
        }
        String shown = ServiceUrl.shown(monitor.get());
        Optional<InetSocketAddress> address = ServiceUrl.address(monitor.get(), 8222);
        if (address.isEmpty()) {
            return unknown(evidence, "nats.monitor is no address: " + shown, "write it like http://127.0.0.1:8222");
        }
        String request = "GET /jsz HTTP/1.0\r\nHost: " + address.get().getHostString() + "\r\n\r\n";
        return switch (host.network().ask(address.get(), request)) {
            case HostNetwork.Answer.Silent silent ->
                unknown(evidence, shown + ": " + silent.why(), "nats-server -m 8222   # or correct nats.monitor");
            case HostNetwork.Answer.Said said -> {
                int head = said.text().indexOf("\r\n\r\n");
                JsonObject page =
                        object(head < 0 ? "" : said.text().substring(head)).orElse(JsonObject.of());
                if (!text(page, "server_id").equals(serverId)) {
                    yield unknown(evidence, shown + " does not tell of this server", "correct nats.monitor");
                }
                yield synced(evidence, page);
            }
        };
    }

    private static Capability synced(String evidence, JsonObject page) {
        JsonObject config =
                page.get("config").orElse(JsonObject.of()) instanceof JsonObject object ? object : JsonObject.of();
        if (yes(config, "sync_always")) {
            return Capability.active("nats", evidence + ", acknowledged writes are on disk");
        }
        return number(config, "sync_interval")
                .map(nanos -> Capability.degraded(
                        "nats",
                        evidence + ": an fsync every " + seconds(nanos)
                                + ", so a power failure can lose acknowledged messages; a killed process loses none",
                        SYNC))
                .orElseGet(() -> unknown(evidence, "its monitoring page does not tell", SYNC));
    }

    private static String seconds(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toMillis() < 1000 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }

    private static Capability unknown(String evidence, String why, String fix) {
        return Capability.degraded(
                "nats",
                evidence + "; whether acknowledged writes are on disk is not known: " + why
                        + "; the default is an fsync every 2 minutes, so a power failure can lose acknowledged messages;"
                        + " a killed process loses none",
                fix);
    }

    private static Optional<JsonObject> object(String text) {
        try {
            return JsonReader.read(text.strip().getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)
                            instanceof JsonObject object
                    ? Optional.of(object)
                    : Optional.empty();
        } catch (JsonSyntaxException e) {
            return Optional.empty();
        }
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).orElse(JsonObject.of()) instanceof JsonString text ? text.value() : "";
    }

    private static boolean yes(JsonObject object, String name) {
        return object.get(name).orElse(JsonObject.of()) instanceof JsonBool bool && bool.value();
    }

    private static Optional<Long> number(JsonObject object, String name) {
        return object.get(name).orElse(JsonObject.of()) instanceof JsonNumber number
                        && number.exactLong().isPresent()
                ? Optional.of(number.exactLong().getAsLong())
                : Optional.empty();
    }
}
