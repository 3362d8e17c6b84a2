package dev.mayfly.sandbox.proof;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.testkit.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** What these tests are put together from. */
final class Parts {
    private Parts() {}

    static void needNativeBackend() {
        Needs.linux();
        Needs.that(Files.isExecutable(launcher()), "launcher", "no C compiler with a static libc");
        Needs.root();
    }

    static Path launcher() {
        return Path.of(System.getProperty(
                "mayfly.launcher",
                Repository.path("platform/target/native/mayfly-launcher").toString()));
    }

    /** The shipped default policy with other limits; requests that want the network are tried, not refused. */
    static String policy(int wallSeconds, int cpuMillis, int memoryMb, int pids, int stdoutKb) {
        return Repository.text("policies/default.policy.yml")
                .replaceAll("wall_sec: [0-9]+", "wall_sec: " + wallSeconds)
                .replaceAll("cpu_ms: [0-9]+", "cpu_ms: " + cpuMillis)
                .replaceAll("memory_mb: [0-9]+", "memory_mb: " + memoryMb)
                .replaceAll("pids: [0-9]+", "pids: " + pids)
                .replaceAll("stdout_kb: [0-9]+", "stdout_kb: " + stdoutKb)
                .replaceAll("net_intent: refuse", "net_intent: score");
    }

    static JsonObject command(String command) {
        return JsonObject.of().with("cmd", command);
    }

    static JsonObject file(String path, byte[] content) {
        return JsonObject.of()
                .with("path", path)
                .with("content_b64", Base64.getEncoder().encodeToString(content));
    }

    static JsonObject file(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    static JsonArray texts(String... texts) {
        return new JsonArray(
                List.of(texts).stream().<JsonValue>map(JsonString::new).toList());
    }
}
