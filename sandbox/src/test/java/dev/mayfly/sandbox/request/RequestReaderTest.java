package dev.mayfly.sandbox.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.Effect;
import dev.mayfly.sandbox.api.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static RunRequest read(String json) {
        return new RequestReader().read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static MayflyException refused(String json) {
        return catchThrowableOfType(MayflyException.class, () -> read(json));
    }

    @Test
    void a_request_of_the_replaced_system_is_read_as_it_stands() {
        RunRequest request = read("""
                {"cmd": "cat in.txt", "stdin": "x", "env": {"A": "1", "B": 2, "C": 1.50, "D": true},
                 "files": [{"path": "/tmp/in.txt", "content_b64": "aGk="}], "policy_id": "default", "timeout_sec": 15,
                 "allow_net": [], "allow_fs": ["/tmp/**"]}""");
        assertThat(request.cmd()).contains("cat in.txt");
        assertThat(request.argv()).isEmpty();
        assertThat(request.stdin()).isEqualTo("x");
        assertThat(request.env())
                .containsEntry("A", "1")
                .containsEntry("B", "2")
                .containsEntry("C", "1.50")
                .containsEntry("D", "true");
        assertThat(request.files()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("/tmp/in.txt");
            assertThat(file.content()).asString(StandardCharsets.UTF_8).isEqualTo("hi");
        });
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(15));
        assertThat(request.allowFs()).containsExactly("/tmp/**");
        assertThat(request.effect()).isEqualTo(Effect.PURE);
    }

    @Test
    void everything_but_the_command_has_a_default() {
        RunRequest request = read("{\"cmd\":\"true\"}");
        assertThat(request.policyId()).isEqualTo("default");
        assertThat(request.timeout()).isZero();
        assertThat(request.seed()).isEmpty();
        assertThat(request.env()).isEmpty();
        assertThat(request.outputs()).isEmpty();
    }

    @Test
    void a_request_for_network_is_effectful_unless_it_says_otherwise() {
        assertThat(read("{\"cmd\":\"x\",\"allow_net\":[\"a.org\"]}").effect()).isEqualTo(Effect.EFFECTFUL);
        assertThat(read("{\"cmd\":\"x\",\"allow_net\":[\"a.org\"],\"effect\":\"pure\"}")
                        .effect())
                .isEqualTo(Effect.PURE);
    }

    @Test
    void a_seed_has_all_64_bits() {
        assertThat(Long.toUnsignedString(read("{\"cmd\":\"x\",\"seed\":18446744073709551615}")
                        .seed()
                        .getAsLong()))
                .isEqualTo("18446744073709551615");
    }

    @ParameterizedTest
    @CsvSource({
        "a, /workspace/a",
        "./a//b, /workspace/a/b",
        "/tmp/x, /tmp/x",
        "/workspace/./x, /workspace/x",
        "/etc/x, /etc/x"
    })
    void file_paths_are_made_absolute(String given, String inside) {
        assertThat(read("{\"cmd\":\"x\",\"files\":[{\"path\":\"" + given + "\"}]}")
                        .files())
                .singleElement()
                .satisfies(file -> assertThat(file.path()).isEqualTo(inside));
    }

    @Test
    void outputs_are_relative_to_the_workspace() {
        assertThat(read("{\"cmd\":\"x\",\"outputs\":[\"out/**\",\"/workspace/a.txt\",\"./b\"]}")
                        .outputs())
                .containsExactly("out/**", "a.txt", "b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"../x\"}]} | $.files[0].path",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"/tmp/../etc/x\"}]} | '..'",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\\u0000b\"}]} | control character",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"e\\u0301\"}]} | NFC",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\"},{\"path\":\"./a\"}]} | written twice",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a/b\"},{\"path\":\"a\"}]} | a file and a folder",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGk\"}]} | $.files[0].content_b64: no base64",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGl=\"}]} | no base64",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aG k\"}]} | no base64",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"mode\":1}]} | $.files[0].mode: unknown key",
                "{\"cmd\":\"x\",\"allow_nte\":[]} | $.allow_nte: unknown key",
                "{\"cmd\":\"x\",\"cmd\":\"y\"} | stands twice",
                "{\"cmd\":\"x\",\"allow_net\":[\"http://a\"]} | $.allow_net[0]",
                "{\"cmd\":\"x\",\"allow_fs\":[\"../a\"]} | $.allow_fs[0]",
                "{\"cmd\":\"x\",\"env\":{\"A=B\":\"1\"}} | $.env[\"A=B\"]",
                "{\"cmd\":\"x\",\"env\":{\"A\":null}} | null where string",
                "{\"cmd\":\"x\",\"timeout_sec\":61} | 61 is outside 0..60",
                "{\"cmd\":\"x\",\"timeout_sec\":1.5} | number where integer",
                "{\"cmd\":\"x\",\"policy_id\":\"../evil\"} | $.policy_id",
                "{\"cmd\":\"x\",\"argv\":[\"y\"]} | both cmd and argv",
                "{} | nothing to run",
                "[] | array where an object",
                "{\"cmd\":\"x\"} trailing | after the end",
                "{\"cmd\":\"\"} | the command is empty"
            })
    void a_bad_request_is_refused_with_its_place(String json, String place) {
        MayflyException failure = refused(json);
        assertThat(failure.code()).isEqualTo(ErrorCode.REQUEST_INVALID);
        assertThat(failure.why()).contains(place);
        assertThat(failure.fix()).isNotBlank();
    }

    @Test
    void all_problems_are_reported_at_once_and_a_slip_is_recognised() {
        MayflyException failure = refused("{\"cmd\":1,\"timeout_sec\":-1,\"polciy_id\":\"x\"}");
        assertThat(failure.why()).contains("$.cmd", "$.timeout_sec", "$.polciy_id");
        assertThat(failure.fix()).contains("did you mean policy_id");
    }

    @Test
    void sizes_are_bounded() {
        MayflyException tooLarge = catchThrowableOfType(
                MayflyException.class, () -> new RequestReader().read(new byte[RequestLimits.BYTES + 1]));
        assertThat(tooLarge.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
        assertThat(refused("{\"cmd\":\"" + "x".repeat(131_072) + "\"}").why()).contains("longer than");
        assertThat(refused("{\"cmd\":\"" + "ü".repeat(70_000) + "\"}").why()).contains("bytes of UTF-8");
        String file = "{\"path\":\"f%d\"},";
        StringBuilder files = new StringBuilder();
        for (int i = 0; i <= RequestLimits.FILES; i++) {
            files.append(file.formatted(i));
        }
        files.setLength(files.length() - 1);
        assertThat(refused("{\"cmd\":\"x\",\"files\":[" + files + "]}").why()).contains("more than 10000");
        assertThat(refused("[".repeat(100_000)).why()).contains("nested deeper");
        String argument = "\"" + "x".repeat(100_000) + "\",";
        assertThat(refused("{\"argv\":[" + argument.repeat(11) + "\"x\"]}").why())
                .contains("together");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cmd\":\"x\",\"env\":{\"B\":\"1\",\"A\":2}} ~ {\"env\":{\"A\":\"2\",\"B\":1},\"cmd\":\"x\",\"stdin\":\"\"}",
                "{\"cmd\":\"x\"} ~ {\"argv\":[\"sh\",\"-c\",\"x\"],\"policy_id\":\"default\",\"timeout_sec\":0}",
                "{\"cmd\":\"x\",\"allow_net\":[\"A.org\",\"b.org\"]} ~ {\"cmd\":\"x\",\"allow_net\":[\"b.org\",\"host:a.org:*\"]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\"},{\"path\":\"b\"}]} ~ {\"cmd\":\"x\",\"files\":[{\"path\":\"./b\",\"content_b64\":\"\"},{\"path\":\"/workspace/a\"}]}",
                "{\"cmd\":\"x\",\"timeout_sec\":5} ~ {\"cmd\":\"x\",\"timeout_sec\":5.0}",
                "{\"cmd\":\"\\u0061\"} ~ {\"cmd\":\"a\"}"
            })
    void spelling_does_not_change_the_run_id(String pair) {
        String[] both = pair.split(" ~ ", -1);
        assertThat(RunId.of(read(both[0]), "sha256:0", 1)).isEqualTo(RunId.of(read(both[1]), "sha256:0", 1));
    }

    @Test
    void request_policy_and_seed_each_change_the_run_id() {
        RunRequest request = read("{\"cmd\":\"x\"}");
        RunId id = RunId.of(request, "sha256:0", 1);
        assertThat(id.value()).matches("r_[0-9a-f]{64}");
        assertThat(RunId.of(read("{\"cmd\":\"y\"}"), "sha256:0", 1)).isNotEqualTo(id);
        assertThat(RunId.of(read("{\"cmd\":\"x\",\"stdin\":\"s\"}"), "sha256:0", 1))
                .isNotEqualTo(id);
        assertThat(RunId.of(request, "sha256:1", 1)).isNotEqualTo(id);
        assertThat(RunId.of(request, "sha256:0", 2)).isNotEqualTo(id);
    }

    /** Ids are kept in ledgers and queues: they must not change with a release. */
    @Test
    void the_run_id_of_a_known_request_is_known() {
        RunRequest request = read("{\"cmd\":\"echo hi\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGk=\"}]}");
        assertThat(new String(CanonicalRequest.bytes(request), StandardCharsets.UTF_8))
                .isEqualTo("{\"allow_fs\":[],\"allow_net\":[],\"argv\":[\"sh\",\"-c\",\"echo hi\"],\"effect\":\"pure\","
                        + "\"env\":{},\"files\":[{\"path\":\"/workspace/a\",\"sha256\":"
                        + "\"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4\"}],\"outputs\":[],"
                        + "\"policy_id\":\"default\",\"stdin\":\"\",\"timeout_ms\":0}");
        assertThat(RunId.of(request, "sha256:0", 7).value())
                .isEqualTo("r_4e9e2e5ecbac031827a5e713bf28091ca8bb8e873910da304f8c3c632d3d8ec4");
    }
}
