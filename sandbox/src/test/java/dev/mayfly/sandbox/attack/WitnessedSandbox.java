package dev.mayfly.sandbox.attack;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.TestSandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The whole room with one slot and the shipped policy, asked about its violations. */
public final class WitnessedSandbox implements AutoCloseable {
    private final TestSandbox sandbox;
    private final LayerReport layer;
    private final Path etc;

    /** What a run gave. */
    public record Seen(String verdict, int exitCode, String digest, List<Violation> violations) {}

    private WitnessedSandbox(TestSandbox sandbox, Path etc) {
        this.sandbox = sandbox;
        this.etc = etc;
        this.layer = sandbox.backend().layers().stream()
                .filter(one -> one.name().equals(DenialWitness.LAYER))
                .findFirst()
                .orElseThrow();
    }

    public static WitnessedSandbox open(Path home) throws Exception {
        SandboxParts.assumeNativeBackend();
        Path policies = Files.createDirectory(home.resolve("policies"));
        Files.copy(Path.of("../policies/default.policy.yml"), policies.resolve("default.policy.yml"));
        SlotNetworks none = SlotNetworks.none("not in this test");
        return new WitnessedSandbox(
                TestSandbox.open(SandboxParts.launcher(), none, home, policies, 1), home.resolve("etc"));
    }

    public boolean witnessed() {
        return layer.state() == LayerState.ACTIVE;
    }

    public String why() {
        return layer.reason();
    }

    public Seen run(String command) throws InterruptedException {
        JsonObject request = JsonObject.of().with("cmd", command).with("timeout_sec", 15);
        JsonObject result = sandbox.runner()
                .run(JsonWriter.compact(request).getBytes(StandardCharsets.UTF_8), RunOptions.DEFAULT)
                .result();
        List<Violation> violations = ((JsonArray) result.get("violations").orElseThrow())
                .items().stream()
                        .map(JsonObject.class::cast)
                        .map(one -> new Violation(text(one, "rule"), text(one, "subject"), number(one, "count")))
                        .toList();
        return new Seen(
                text(result, "verdict"), (int) number(result, "exit_code"), text(result, "result_digest"), violations);
    }

    public List<Violation> violations(String command) throws InterruptedException {
        return run(command).violations();
    }

    private static String text(JsonObject object, String key) {
        return object.get(key).orElseThrow() instanceof JsonString(String text) ? text : "";
    }

    private static long number(JsonObject object, String key) {
        JsonValue value = object.get(key).orElseThrow();
        return value instanceof JsonNumber ? Long.parseLong(JsonWriter.compact(value)) : -1;
    }

    @Override
    public void close() throws IOException {
        sandbox.close();
        // JUnit would warn about each of its hundreds of links.
        try (Stream<Path> all = Files.walk(etc)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        }
    }
}
