package dev.mayfly.sandbox.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import dev.mayfly.sandbox.run.TestSandbox;
import dev.mayfly.sandbox.slot.UidRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every attack of {@code attacks.tsv} through the whole room. For each: the attack did not work, the host is as it
 * was, no process of a job is left, and the result names what was denied.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EscapeSuiteTest {
    /** The block of user ids that jobs of this process get. */
    private static final long FIRST_UID = UidRange.forProcess(
                    TestSandbox.UID_BASE, ProcessHandle.current().pid())
            .first();

    private static final long END_OF_UIDS = FIRST_UID + 2 * CgroupTree.MOST_SLOTS;
    private static final List<String> OWN_FILES =
            List.of("hsperfdata", "junit", "mayfly", "jqwik", "surefire", "sqlite");

    private Path home;
    private TestSandbox sandbox;
    private String attacker;
    private ServerSocket hostService;
    private ServerSocketChannel hostSocketFile;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        home = folder;
        SandboxParts.assumeNativeBackend();
        Path binary = home.resolve("attack");
        Path source = Path.of("src/test/native/attack.c");
        boolean built = SandboxParts.compile(source, binary);
        assumeTrue(built, "not run here: C compiler: the attack program cannot be built");
        attacker = Base64.getEncoder().encodeToString(Files.readAllBytes(binary));
        Path policies = Files.createDirectory(home.resolve("policies"));
        Files.writeString(policies.resolve("default.policy.yml"), SandboxParts.attackPolicy());
        sandbox = TestSandbox.open(SandboxParts.launcher(), SandboxParts.networks(), home, policies, 1);
        hostService = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        answerOnHost();
        hostSocketFile = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(home.resolve("host.sock")));
    }

    @AfterAll
    void close() throws IOException {
        if (sandbox != null) {
            sandbox.close();
            assertThat(HostState.processesOf(FIRST_UID, END_OF_UIDS)).isEmpty();
        }
        if (hostService != null) {
            hostService.close();
        }
        if (hostSocketFile != null) {
            hostSocketFile.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> attacks() {
        return AttackCase.all().stream().map(one -> DynamicTest.dynamicTest(one.title(), () -> run(one)));
    }

    private void run(AttackCase one) throws Exception {
        HostState before = HostState.now(OWN_FILES);
        RunOutcome outcome = sandbox.runner().run(request(one), RunOptions.DEFAULT);
        JsonObject result = outcome.result();
        String told = one.title() + " gave " + JsonWriter.compact(brief(result));
        switch (one.expected()) {
            case "contained" -> assertContained(result, told);
            case "killed" -> assertThat(strings(result, "limits_hit")).as(told).isNotEmpty();
            case "quiet" -> assertThat(text(result, "stdout")).as(told).doesNotContain("ESCAPED");
            default -> throw new IllegalArgumentException(one.expected());
        }
        assertSays(one, result, told);
        assertThat(HostState.processesOf(FIRST_UID, END_OF_UIDS)).as(told).isEmpty();
        assertThat(HostState.now(OWN_FILES)).as(told).isEqualTo(before);
    }

    private static void assertContained(JsonObject result, String told) {
        if (text(result, "exit_code").equals("77")) {
            return; // this attack does not exist on this processor
        }
        assertThat(text(result, "stdout")).as(told).doesNotContain("ESCAPED").contains("contained");
        assertThat(text(result, "exit_code")).as(told).isEqualTo("0");
    }

    private static void assertSays(AttackCase one, JsonObject result, String told) {
        if (one.says().equals("any") || text(result, "exit_code").equals("77")) {
            return;
        }
        if (one.says().equals("-")) {
            assertThat(((JsonArray) result.get("violations").orElseThrow()).items())
                    .as(told)
                    .isEmpty();
            return;
        }
        if (one.needsWitness() && !witnessed(result)) {
            return; // how many such rows there are is told once, by the layer's own test
        }
        if (one.says().equals("truncated")) {
            boolean either = flag(result, "stdout_trunc") || flag(result, "stderr_trunc");
            assertThat(either).as(told).isTrue();
            return;
        }
        List<String> named = named(result);
        boolean any = Stream.of(one.says().split("\\|"))
                .anyMatch(wanted -> named.stream().anyMatch(name -> name.startsWith(wanted)));
        assertThat(any).as("%s; wanted %s among %s", told, one.says(), named).isTrue();
    }

    private static boolean witnessed(JsonObject result) {
        return ((JsonArray) result.get("layers").orElseThrow())
                .items().stream()
                        .map(JsonObject.class::cast)
                        .anyMatch(layer -> text(layer, "name").equals(DenialWitness.LAYER)
                                && text(layer, "state").equals("active"));
    }

    /** Violations and limits in the words of the table. */
    private static List<String> named(JsonObject result) {
        List<String> named = new ArrayList<>();
        strings(result, "limits_hit").forEach(limit -> named.add("limit " + limit));
        for (JsonValue value : ((JsonArray) result.get("violations").orElseThrow()).items()) {
            JsonObject violation = (JsonObject) value;
            String rule = text(violation, "rule");
            String kind = rule.startsWith("syscalls.") ? "syscall" : rule.startsWith("net.") ? "net" : rule;
            named.add(kind + " " + text(violation, "subject"));
        }
        return named;
    }

    private byte[] request(AttackCase one) {
        String command = one.command()
                .replace("attack ", "/workspace/attack ")
                .replace("$HOST_PORT", Integer.toString(hostService.getLocalPort()))
                .replace("$SOCKET_FILE", home.resolve("host.sock").toString())
                .replace("$ABSTRACT", "mayfly-escape-suite")
                .replace("$SERVICE_PID", Long.toString(ProcessHandle.current().pid()))
                .replace(
                        "$LAUNCHER_PID",
                        ProcessHandle.current()
                                .children()
                                .findFirst()
                                .map(child -> Long.toString(child.pid()))
                                .orElse("1"));
        JsonObject file = JsonObject.of().with("path", "attack").with("content_b64", attacker);
        JsonObject request = JsonObject.of().with("cmd", command).with("timeout_sec", 2);
        if (command.contains("/workspace/attack")) {
            request = request.with("files", new JsonArray(List.of(file)));
        }
        return JsonWriter.compact(request).getBytes(StandardCharsets.UTF_8);
    }

    private void answerOnHost() {
        Thread.ofVirtual().start(() -> {
            while (!hostService.isClosed()) {
                try (var client = hostService.accept()) {
                    client.getOutputStream().write("host".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static JsonObject brief(JsonObject result) {
        JsonObject brief = JsonObject.of();
        for (String key : List.of(
                "verdict", "exit_code", "signal", "duration_ms", "stdout", "stderr", "violations", "limits_hit")) {
            JsonValue value = result.get(key).orElse(new JsonString("absent"));
            if (value instanceof JsonString(String text) && text.length() > 500) {
                value = new JsonString(text.substring(0, 500) + "…");
            }
            brief = brief.with(key, value);
        }
        return brief;
    }

    private static boolean flag(JsonObject object, String key) {
        return object.get(key).orElseThrow() instanceof JsonBool(boolean value) && value;
    }

    private static String text(JsonObject object, String key) {
        return switch (object.get(key).orElse(new JsonString(""))) {
            case JsonString(String value) -> value;
            case JsonValue other -> JsonWriter.compact(other);
        };
    }

    private static List<String> strings(JsonObject object, String key) {
        return ((JsonArray) object.get(key).orElseThrow())
                .items().stream().map(item -> ((JsonString) item).value()).toList();
    }
}
