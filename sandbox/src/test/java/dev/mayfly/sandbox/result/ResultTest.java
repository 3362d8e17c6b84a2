package dev.mayfly.sandbox.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.CollectedFile;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.NetDecision;
import dev.mayfly.sandbox.grade.Grade;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ResultTest {
    private static final Schema SCHEMA = Repository.schema("result");
    private static final RunResult.Origin ORIGIN =
            new RunResult.Origin("r_" + "0".repeat(64), "sha256:" + "1".repeat(64), -1, "native", false);

    private static Captured all(byte[] bytes) {
        return new Captured(bytes, new byte[0], bytes.length);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Execution execution(Exit exit, Duration wall, Captured stdout, long denials) {
        return new Execution(
                exit,
                wall,
                stdout,
                all(new byte[0]),
                List.of(new Violation("syscalls.default", "ptrace", denials)),
                Set.of(LimitHit.STDOUT, LimitHit.CPU),
                new Usage(Duration.ofMillis(12), 1 << 20, 3, -1, -1),
                List.of(new LayerReport("seccomp", true, LayerState.ACTIVE, "filter of 90 calls")),
                List.of(new CollectedFile("a.txt", utf8("hi"))),
                List.of("pipe: no regular file"),
                Duration.ZERO);
    }

    private static RunResult result(Exit exit, Duration wall, Captured stdout, long denials) {
        Execution execution = execution(exit, wall, stdout, denials);
        return RunResult.of(
                ORIGIN,
                new Grade(45, Verdict.YELLOW, List.of("+40 kernel-attack: ptrace")),
                execution,
                execution.layers(),
                List.of(new NetDecision("tcp a.org:443", true, "a.org", 1, wall.toMillis())));
    }

    private static RunResult usual() {
        return result(new Exit.Exited(3), Duration.ofMillis(5), all(utf8("hällo\n")), 2);
    }

    private static String text(JsonObject json, String key) {
        return ((JsonString) json.get(key).orElseThrow()).value();
    }

    private static List<String> schemaProblems(JsonObject json) {
        return SCHEMA.validate(JsonWriter.compact(json), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void a_result_has_the_published_fields_and_fits_its_schema() {
        JsonObject json = ResultJson.of(usual());
        assertThat(json.members().keySet())
                .contains(
                        "run_id",
                        "verdict",
                        "risk_score",
                        "exit_code",
                        "signal",
                        "duration_ms",
                        "stdout",
                        "stderr",
                        "stdout_trunc",
                        "stderr_trunc",
                        "reasons",
                        "violations",
                        "limits_hit",
                        "usage",
                        "layers",
                        "outputs",
                        "result_digest");
        assertThat(json.get("exit_code")).contains(JsonNumber.of(3));
        assertThat(json.get("signal")).contains(new JsonNull());
        assertThat(text(json, "stdout")).isEqualTo("hällo\n");
        assertThat(json.get("stdout_b64")).isEmpty();
        assertThat(JsonWriter.compact(json.get("seed").orElseThrow())).isEqualTo("18446744073709551615");
        assertThat(json.get("limits_hit")).contains(JsonArray.ofStrings(List.of("cpu_ms", "stdout_kb")));
        assertThat(JsonWriter.compact(json.get("outputs").orElseThrow()))
                .contains(
                        "\"path\":\"a.txt\"", "\"size\":2", "\"digest\":\"sha256:8f434346", "\"content_b64\":\"aGk=\"");
        assertThat(schemaProblems(json)).isEmpty();
        assertThat(ResultCheck.problems(json)).isEmpty();
    }

    @Test
    void a_signal_and_a_request_that_was_not_run_have_no_exit_code() {
        JsonObject killed = ResultJson.of(result(new Exit.Signaled(9), Duration.ZERO, all(new byte[0]), 1));
        assertThat(killed.get("exit_code")).contains(new JsonNull());
        assertThat(killed.get("signal")).contains(JsonNumber.of(9));
        JsonObject notRun = ResultJson.of(RunResult.notRun(
                ORIGIN, new Grade(80, Verdict.RED, List.of("x")), List.of(new Violation("net.default", "curl", 1))));
        assertThat(notRun.get("exit_code")).contains(new JsonNull());
        assertThat(notRun.get("signal")).contains(new JsonNull());
        assertThat(schemaProblems(notRun)).isEmpty();
        assertThat(ResultCheck.problems(notRun)).isEmpty();
    }

    @Test
    void bytes_that_are_not_utf8_have_a_base64_twin() {
        byte[] binary = {'a', (byte) 0xff, 0};
        JsonObject json = ResultJson.of(result(new Exit.Exited(0), Duration.ZERO, all(binary), 1));
        assertThat(Base64.getDecoder().decode(text(json, "stdout_b64"))).isEqualTo(binary);
        assertThat(text(json, "stdout")).startsWith("a\ufffd");
        assertThat(schemaProblems(json)).isEmpty();
    }

    @Test
    void a_truncated_stream_says_how_much_is_missing_and_a_cut_character_is_no_binary() {
        byte[] euro = utf8("€");
        byte[] head = {'a', euro[0], euro[1]};
        byte[] tail = {euro[2], 'z'};
        JsonObject json = ResultJson.of(result(new Exit.Exited(0), Duration.ZERO, new Captured(head, tail, 1_000), 1));
        assertThat(text(json, "stdout")).isEqualTo("a\n[… 998 bytes not kept …]\nz");
        assertThat(json.get("stdout_b64")).isEmpty();
        assertThat(json.get("stdout_trunc")).contains(new JsonBool(true));
        assertThat(json.get("stdout_bytes")).contains(JsonNumber.of(1_000));
        JsonObject binary = ResultJson.of(result(
                new Exit.Exited(0), Duration.ZERO, new Captured(new byte[] {(byte) 0xff, 'a'}, tail, 1_000), 1));
        assertThat(Base64.getDecoder().decode(text(binary, "stdout_b64"))).hasSize(4);
    }

    @Test
    void the_digest_covers_what_equal_runs_share_and_nothing_else() {
        String digest = text(ResultJson.of(usual()), "result_digest");
        assertThat(text(
                        ResultJson.of(result(new Exit.Exited(3), Duration.ofSeconds(4), all(utf8("hällo\n")), 99)),
                        "result_digest"))
                .as("time and counts")
                .isEqualTo(digest);
        assertThat(text(
                        ResultJson.of(result(new Exit.Exited(4), Duration.ofMillis(5), all(utf8("hällo\n")), 2)),
                        "result_digest"))
                .as("exit code")
                .isNotEqualTo(digest);
        assertThat(text(
                        ResultJson.of(result(new Exit.Signaled(3), Duration.ofMillis(5), all(utf8("hällo\n")), 2)),
                        "result_digest"))
                .as("signal")
                .isNotEqualTo(digest);
        assertThat(text(
                        ResultJson.of(result(new Exit.Exited(3), Duration.ofMillis(5), all(utf8("hallo\n")), 2)),
                        "result_digest"))
                .as("output")
                .isNotEqualTo(digest);
    }

    @Test
    void large_outputs_are_named_by_digest_only() {
        Execution execution = execution(new Exit.Exited(0), Duration.ZERO, all(new byte[0]), 1);
        RunResult small = RunResult.of(ORIGIN, new Grade(0, Verdict.GREEN, List.of()), execution, List.of(), List.of());
        RunResult large = new RunResult(
                small.runId(),
                small.policyDigest(),
                small.seed(),
                small.backend(),
                false,
                small.grade(),
                small.exit(),
                small.duration(),
                small.stdout(),
                small.stderr(),
                small.violations(),
                small.limitsHit(),
                small.usage(),
                small.layers(),
                small.net(),
                List.of(new CollectedFile("big", new byte[(4 << 20) + 1]), new CollectedFile("small", new byte[1])),
                List.of(),
                small.sbomAttestation());
        String outputs = JsonWriter.compact(ResultJson.of(large).get("outputs").orElseThrow());
        assertThat(outputs)
                .contains("\"path\":\"big\",\"size\":4194305,\"digest\"")
                .contains("\"content_b64\":\"AA==\"");
        assertThat(outputs.length()).isLessThan(1_000);
    }

    @Test
    void a_result_that_does_not_fit_is_never_shown() {
        JsonObject broken = ResultJson.of(usual()).with("verdict", "blue");
        MayflyException failure = catchThrowableOfType(MayflyException.class, () -> ResultCheck.require(broken));
        assertThat(failure.code()).isEqualTo(ErrorCode.RESULT_INVALID);
        assertThat(failure.code().exitCode().number()).isEqualTo(2);
        assertThat(failure.why()).contains("$.verdict");
        ResultCheck.require(ResultJson.of(usual()));
    }

    @Property(tries = 1_500)
    void the_check_and_the_schema_agree_about_any_change(@ForAll long seed) {
        Random random = new Random(seed);
        JsonObject json = (JsonObject) changed(ResultJson.of(usual()), random, 0);
        assertThat(ResultCheck.problems(json).isEmpty())
                .as("%s", JsonWriter.compact(json))
                .isEqualTo(schemaProblems(json).isEmpty());
    }

    private static JsonValue changed(JsonValue value, Random random, int depth) {
        if (value instanceof JsonObject object && (depth == 0 || random.nextInt(4) > 0)) {
            Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
            List<String> names = List.copyOf(members.keySet());
            String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> members.remove(name);
                case 1 -> members.put("extra", new JsonNull());
                default -> members.put(name, changed(members.getOrDefault(name, new JsonNull()), random, depth + 1));
            }
            return new JsonObject(members);
        }
        if (value instanceof JsonArray array && !array.items().isEmpty() && random.nextInt(4) > 0) {
            List<JsonValue> items = new ArrayList<>(array.items());
            items.set(0, changed(items.getFirst(), random, depth + 1));
            return new JsonArray(items);
        }
        return switch (random.nextInt(9)) {
            case 0 -> new JsonNull();
            case 1 -> new JsonBool(true);
            case 2 -> JsonNumber.of(-1);
            case 3 -> JsonNumber.of(0);
            case 4 -> JsonNumber.of(7);
            case 5 -> new JsonString("green");
            case 6 -> new JsonString("sha256:" + "a".repeat(64));
            case 7 -> new JsonArray(List.of());
            default -> JsonObject.of();
        };
    }
}
