package dev.mayfly.sandbox.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.SyscallProfile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyReaderTest {
    private static final Schema SCHEMA = Repository.schema("policy");
    private static final String DEFAULT = "policies/default.policy.yml";

    private static Policy read(String yaml) {
        return new PolicyReader().read(yaml.getBytes(StandardCharsets.UTF_8), "test.policy.yml");
    }

    private static String refused(String yaml) {
        MayflyException failure = catchThrowableOfType(MayflyException.class, () -> read(yaml));
        assertThat(failure).as("accepted: %s", yaml).isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.POLICY_INVALID);
        assertThat(failure.what()).contains("test.policy.yml");
        return failure.why();
    }

    @Test
    void the_shipped_default_policy_shows_the_built_in_defaults() {
        Policy shipped = new PolicyReader().read(Repository.bytes(DEFAULT), DEFAULT);
        Policy bare = read("""
                version: 1
                capabilities:
                  fs: {allow: [{path: "/tmp/**"}, {path: "/workspace/**"}]}
                  env: {deny: ["LD_*", "GCONV_PATH", "BASH_ENV", "MAYFLY_*", "MAGICRUNE_*"]}
                """);
        assertThat(shipped.limits()).isEqualTo(bare.limits());
        assertThat(shipped.grading()).isEqualTo(bare.grading());
        assertThat(shipped.digest()).isEqualTo(bare.digest());
        assertThat(SCHEMA.validate(Repository.text(DEFAULT), InputFormat.YAML)).isEmpty();
    }

    @Test
    void every_key_is_read() {
        String yaml = """
                version: 1
                capabilities:
                  fs:
                    default: deny
                    allow: [{path: "/tmp/**"}, "/data/**"]
                    readonly: ["/models/**", {path: /opt/tool}]
                  net:
                    default: deny
                    allow: ["example.org:443", host: a.org, addr: "10.0.0.0/8"]
                    caps: {connections: 1, concurrent: 2, mb: 3, names: 4, idle_sec: 5}
                  env: {allow: ["A*"], deny: [AB]}
                limits: {cpu_ms: 10, memory_mb: 20, wall_sec: 30, pids: 40, fsize_mb: 50, nofile: 60, disk_mb: 70,
                  stdout_kb: 80, output_mb: 90}
                syscalls: strict
                preflight: {net_intent: score}
                layers: {required: [seccomp, landlock]}
                grading:
                  rules: [{name: n, when: net-denied, points: 7, match: ["tcp *"]}]
                  thresholds: {green: "<=1", yellow: "2..=3", red: ">=4"}
                """;
        Policy policy = read(yaml);
        assertThat(policy.fs().allow()).extracting(Object::toString).containsExactly("/tmp/**", "/data/**");
        assertThat(policy.fs().readonly()).extracting(Object::toString).containsExactly("/models/**", "/opt/tool");
        assertThat(policy.net().rules())
                .extracting(Object::toString)
                .containsExactly("example.org:443", "a.org", "10.0.0.0/8");
        assertThat(policy.net().caps()).isEqualTo(new NetCaps(1, 2, 3 << 20, 4, Duration.ofSeconds(5)));
        assertThat(policy.env().denied(List.of("A", "AB", "B"))).containsExactly("AB", "B");
        assertThat(policy.limits()).isEqualTo(new PolicyLimits(10, 20, 30, 40, 50, 60, 70, 80, 90));
        assertThat(policy.syscalls()).isEqualTo(SyscallProfile.STRICT);
        assertThat(policy.netIntent()).isEqualTo(NetIntentMode.SCORE);
        assertThat(policy.requiredLayers()).containsExactly("seccomp", "landlock");
        assertThat(policy.grading().rules())
                .containsExactly(new GradingRule("n", EvidenceKind.NET_DENIED, 7, List.of("tcp *")));
        assertThat(policy.grading().thresholds()).isEqualTo(new Thresholds(1, 4));
        assertThat(SCHEMA.validate(yaml, InputFormat.YAML)).isEmpty();
    }

    @Test
    void the_digest_is_over_content_not_layout() {
        Policy plain = read("version: 1\nlimits: {pids: 256, cpu_ms: 5000}\n");
        assertThat(plain.digest()).matches("sha256:[0-9a-f]{64}");
        assertThat(read("# comment\nlimits:\n  cpu_ms: 5000\nversion: 1\n").digest())
                .isEqualTo(plain.digest());
        assertThat(read("version: 1\nlimits: {pids: 255}\n").digest()).isNotEqualTo(plain.digest());
        assertThat(read("version: 1\nsyscalls: loose\n").digest()).isNotEqualTo(plain.digest());
        assertThat(read("version: 1\npreflight: {net_intent: off}\n").digest()).isNotEqualTo(plain.digest());
        assertThat(read("version: 1\nlayers: {required: []}\n").digest()).isNotEqualTo(plain.digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limits: {} | 'version' is missing",
                "version: 2 | line 1: version is the text '2'; this program knows version 1",
                "version: 1~limit: {} | line 2: unknown key 'limit'; did you mean 'limits'?",
                "version: 1~limits: {memroy_mb: 1} | line 2: unknown key 'limits.memroy_mb'; did you mean 'memory_mb'?",
                "version: 1~version: 1 | line 2: the key 'version' stands twice",
                "version: 1~limits: {pids: many} | line 2: limits.pids is the text 'many'; a whole number within 1..32768",
                "version: 1~limits: {pids: '5'} | limits.pids",
                "version: 1~limits: {pids: -5} | limits.pids",
                "version: 1~limits: {pids: 010} | limits.pids",
                "version: '1' | version is the text '1'",
                "version: 1~grading: {rules: [{name: 12, when: net-denied, points: 1}]} | in quotes",
                "version: 1~capabilities: {env: {allow: [true]}} | in quotes",
                "version: 1~capabilities: {net: {allow: [1e5]}} | the text '1e5'",
                "version: 1~limits: {pids: 0} | limits.pids",
                "version: 1~limits: {pids: 99999} | limits.pids",
                "version: 1~limits: {pids: 1e3} | limits.pids",
                "version: 1~limits: {pids: } | limits.pids is nothing",
                "version: 1~limits: [] | limits is a list; a map of keys",
                "version: 1~limits: | limits is nothing; a map of keys",
                "version: 1~limits: {wall_sec: 61} | limits.wall_sec",
                "version: 1~syscalls: lose | syscalls is the text 'lose'; one of strict, default, loose",
                "version: 1~preflight: {net_intent: maybe} | one of refuse, score, off",
                "version: 1~capabilities: {fs: {default: allow}} | one of deny",
                "version: 1~capabilities: {net: {default: allow}} | one of deny",
                "version: 1~capabilities: {fs: {allow: [/etc/**]}} | belongs to the host",
                "version: 1~capabilities: {fs: {readonly: [/**]}} | the whole file system",
                "version: 1~capabilities: {fs: {allow: [/data/*.csv]}} | wildcard",
                "version: 1~capabilities: {fs: {allow: [{path: /data, mode: rw}]}} | a map of keys",
                "version: 1~capabilities: {fs: {allow: /tmp/**}} | a list is expected",
                "version: 1~capabilities: {net: {allow: ['*']}} | every name",
                "version: 1~capabilities: {net: {allow: [10.0.0.1/8]}} | did you mean 10.0.0.0/8",
                "version: 1~capabilities: {net: {allow: [{url: x}]}} | a map of keys",
                "version: 1~capabilities: {net: {caps: {bytes: 1}}} | unknown key 'capabilities.net.caps.bytes'",
                "version: 1~capabilities: {env: {allow: {}}} | a list is expected",
                "version: 1~capabilities: {env: {deny: [[]]}} | a text is expected",
                "version: 1~layers: {required: [secomp]} | did you mean 'seccomp'?",
                "version: 1~grading: {rules: [{name: a, when: net-denid, points: 1}]} | did you mean 'net-denied'?",
                "version: 1~grading: {rules: [{when: net-denied, points: 1}]} | without 'name'",
                "version: 1~grading: {rules: [{name: a, points: 1}]} | without 'when'",
                "version: 1~grading: {rules: [{name: a, when: net-denied}]} | without points",
                "version: 1~grading: {rules: [{name: a, when: net-denied, points: 1001}]} | 0..1000",
                "version: 1~grading: {thresholds: {green: '<=20', yellow: '22..=60', red: '>=61'}} | leave a gap",
                "version: 1~grading: {thresholds: {green: '<=20', yellow: '20..=60', red: '>=61'}} | overlap",
                "version: 1~grading: {thresholds: {green: '<=20', yellow: '21..=60', red: '>=60'}} | overlap",
                "version: 1~grading: {thresholds: {green: '<=20', yellow: '21..=60'}} | for red is missing",
                "version: 1~grading: {thresholds: {green: '20', yellow: '21..=60', red: '>=61'}} | for green is '20'",
                "version: 1~grading: {thresholds: {green: '<=20', yellow: '21..60', red: '>=61'}} | for yellow is '21..60'",
                "version: 1~limits: &a {pids: 1} | anchors",
                "version: 1~limits: *a | alias",
                "version: !!int 1 | tags are not used",
                "version: 1~---~version: 1 | second document",
                "- version | the policy is a list",
                "version: 1~limits: {pids: 1 | line",
                "? [a]~: 1 | key that is no text"
            })
    void what_is_wrong_is_said_with_its_line(String yamlAndProblem) {
        int cut = yamlAndProblem.lastIndexOf(" | ");
        String yaml = yamlAndProblem.substring(0, cut).replace('~', '\n');
        assertThat(refused(yaml)).contains(yamlAndProblem.substring(cut + 3));
    }

    @Test
    void all_problems_come_at_once_in_the_order_of_lines() {
        assertThat(refused("version: 3\nlimits:\n  pids: x\n  nofile: y\nsyscall: strict\n"))
                .containsSubsequence("line 1", "line 3", "line 4", "line 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   \n", "# only a comment\n", "\0", "version: 1\n\t- x", "{{{{", "version: 1\n\u0007"})
    void no_document_is_no_policy(String yaml) {
        assertThat(refused(yaml)).isNotBlank();
    }

    @Test
    void bombs_are_refused() {
        assertThat(refused("version: 1\na: " + "[".repeat(5_000))).isNotBlank();
        assertThat(refused("version: 1\n# " + "x".repeat(300 << 10))).contains("limit");
        assertThat(refused("version: 1\nlimits: {" + "a: {".repeat(40) + "}".repeat(41)))
                .contains("nested deeper");
        assertThat(catchThrowableOfType(
                                MayflyException.class,
                                () -> new PolicyReader().read(new byte[] {(byte) 0xc3, 0x28}, "x"))
                        .why())
                .contains("UTF-8");
    }

    /** Every policy the reader takes, the schema takes. */
    @Property(tries = 1_000)
    void any_change_to_a_policy_is_a_policy_or_a_clear_error(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder yaml = new StringBuilder(Repository.text(DEFAULT));
        String[] pieces = {
            "1", "x", ":", " ", "\n", "-", "[", "]", "{", "}", "\"", "&a", "*a", "!!", "0", "999999", "null", "  "
        };
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            int at = random.nextInt(yaml.length());
            if (random.nextBoolean()) {
                yaml.insert(at, pieces[random.nextInt(pieces.length)]);
            } else {
                yaml.deleteCharAt(at);
            }
        }
        try {
            Policy policy = read(yaml.toString());
            assertThat(policy.digest()).startsWith("sha256:");
            assertThat(SCHEMA.validate(yaml.toString(), InputFormat.YAML))
                    .as("%s", yaml)
                    .isEmpty();
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.POLICY_INVALID);
            assertThat(e.why()).isNotBlank();
        }
    }

    @Test
    void the_schema_lists_the_vocabulary_of_the_program() {
        JsonObject schema = (JsonObject) JsonReader.read(Repository.bytes("schemas/policy.schema.json"));
        String text = JsonWriter.compact(schema);
        for (EvidenceKind kind : EvidenceKind.values()) {
            assertThat(text).contains("\"" + kind.word() + "\"");
        }
        for (String layer : LayerNames.all()) {
            assertThat(text).contains("\"" + layer + "\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, GREEN", "20, GREEN", "21, YELLOW", "60, YELLOW", "61, RED", "1000, RED"})
    void the_default_thresholds_are_those_of_the_replaced_system(int score, Verdict verdict) {
        assertThat(Thresholds.DEFAULT.verdict(score)).isEqualTo(verdict);
    }
}
