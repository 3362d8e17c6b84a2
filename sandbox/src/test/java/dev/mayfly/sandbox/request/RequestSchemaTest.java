package dev.mayfly.sandbox.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.sandbox.Repository;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reader and the published schema say the same, except for the rules that no schema can say. */
class RequestSchemaTest {
    private static final Schema SCHEMA = Repository.schema("request");

    private static final String FULL = """
            {"cmd":"cat in","stdin":"s","env":{"A":"1","B_b.c-d":2,"C":true},"policy_id":"ci-1.a","timeout_sec":60,
             "files":[{"path":"in","content_b64":"aGk="},{"path":"/tmp/x/y"}],"allow_net":["a.org:443","*.b.org"],
             "allow_fs":["/tmp/**"],"seed":7,"outputs":["out/**","a?.txt"],"effect":"pure"}""";

    private static boolean schemaAccepts(String json) {
        return SCHEMA.validate(json, InputFormat.JSON).isEmpty();
    }

    private static void agree(String json) {
        JsonValue value = JsonReader.read(json.getBytes(StandardCharsets.UTF_8));
        boolean reader = accepts(json);
        boolean schema = schemaAccepts(json);
        if (schema && !reader) {
            assertThat(RequestReader.onlyBeyondSchema(value))
                    .as("refused by the reader alone: %s", json)
                    .isTrue();
        } else {
            assertThat(reader).as("reader and schema about %s", json).isEqualTo(schema);
        }
    }

    private static boolean accepts(String json) {
        try {
            new RequestReader().read(json.getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID);
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                FULL,
                "{\"cmd\":\"x\"}",
                "{\"argv\":[\"x\"]}",
                "{\"argv\":[\"x\",\"\"]}",
                "{\"cmd\":\"x\",\"seed\":0}",
                "{\"cmd\":\"x\",\"seed\":18446744073709551615}",
                "{\"cmd\":\"x\",\"timeout_sec\":5.0}",
                "{\"cmd\":\"x\",\"timeout_sec\":6e1}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"/etc/x\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"..a/b..\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\\u2028b\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"..\\u2028\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"..\\u0085\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"\"}]}",
                "{\"cmd\":\"x\",\"outputs\":[\"/workspace/x\"]}",
                "{\"cmd\":\"x\\n\"}",
                "{\"cmd\":\"x\",\"stdin\":\"\\u0000\"}",
                "{\"cmd\":\"x\",\"env\":{\"a\":1e40}}",
                "{\"cmd\":\"x\",\"policy_id\":\"a.b\"}"
            })
    void both_accept(String json) {
        assertThat(schemaAccepts(json)).as("schema").isTrue();
        assertThat(accepts(json)).as("reader").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "1",
                "\"x\"",
                "{\"cmd\":null}",
                "{\"cmd\":\"\"}",
                "{\"cmd\":[\"x\"]}",
                "{\"argv\":[]}",
                "{\"argv\":\"x\"}",
                "{\"argv\":[1]}",
                "{\"argv\":[\"\"]}",
                "{\"cmd\":\"x\",\"argv\":[\"x\"]}",
                "{\"cmd\":\"a\\u0000\"}",
                "{\"argv\":[\"a\",\"\\u0000\"]}",
                "{\"cmd\":\"x\",\"stdin\":1}",
                "{\"cmd\":\"x\",\"env\":[]}",
                "{\"cmd\":\"x\",\"env\":{\"\":\"1\"}}",
                "{\"cmd\":\"x\",\"env\":{\"1A\":\"1\"}}",
                "{\"cmd\":\"x\",\"env\":{\"A B\":\"1\"}}",
                "{\"cmd\":\"x\",\"env\":{\"A\":[]}}",
                "{\"cmd\":\"x\",\"env\":{\"A\\n\":\"1\"}}",
                "{\"cmd\":\"x\",\"env\":{\".A\":\"1\"}}",
                "{\"cmd\":\"x\",\"env\":{\"A\":\"\\u0000\"}}",
                "{\"cmd\":\"x\",\"env\":{\"É\":\"1\"}}",
                "{\"cmd\":\"x\",\"files\":{}}",
                "{\"cmd\":\"x\",\"files\":[\"a\"]}",
                "{\"cmd\":\"x\",\"files\":[{}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a/\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"/\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\".\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a/.\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"..\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a/../b\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"\\u2028/../b\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\\n\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\\u007f\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"a\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGk\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGl=\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"YR==\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGk=\\n\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aG-_\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"====\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":\"aGk=aGk=\"}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"content_b64\":null}]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\",\"mode\":\"0644\"}]}",
                "{\"cmd\":\"x\",\"policy_id\":\"\"}",
                "{\"cmd\":\"x\",\"policy_id\":\".a\"}",
                "{\"cmd\":\"x\",\"policy_id\":\"a..b\"}",
                "{\"cmd\":\"x\",\"policy_id\":\"a/b\"}",
                "{\"cmd\":\"x\",\"policy_id\":\"a\\n\"}",
                "{\"cmd\":\"x\",\"timeout_sec\":61}",
                "{\"cmd\":\"x\",\"timeout_sec\":-1}",
                "{\"cmd\":\"x\",\"timeout_sec\":1.5}",
                "{\"cmd\":\"x\",\"timeout_sec\":\"5\"}",
                "{\"cmd\":\"x\",\"timeout_sec\":1e9}",
                "{\"cmd\":\"x\",\"seed\":-1}",
                "{\"cmd\":\"x\",\"seed\":18446744073709551616}",
                "{\"cmd\":\"x\",\"allow_net\":\"a\"}",
                "{\"cmd\":\"x\",\"allow_net\":[\"\"]}",
                "{\"cmd\":\"x\",\"allow_net\":[null]}",
                "{\"cmd\":\"x\",\"allow_fs\":[1]}",
                "{\"cmd\":\"x\",\"outputs\":[\"../x\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"/etc/x\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"a[b]\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"{a,b}\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"a\\\\b\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"out/\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"/workspace\"]}",
                "{\"cmd\":\"x\",\"outputs\":[\"/workspacex/a\"]}",
                "{\"cmd\":\"x\",\"effect\":\"Pure\"}",
                "{\"cmd\":\"x\",\"effect\":null}",
                "{\"cmd\":\"x\",\"Cmd\":\"x\"}",
                "{\"cmd\":\"x\",\"\":1}",
                "{\"cmd\":\"x\",\"network\":true}"
            })
    void both_refuse(String json) {
        assertThat(schemaAccepts(json)).as("schema").isFalse();
        assertThat(accepts(json)).as("reader").isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"cmd\":\"x\",\"allow_net\":[\"http://a\"]}", "{\"cmd\":\"x\",\"allow_fs\":[\"relative\"]}",
                "{\"cmd\":\"x\",\"files\":[{\"path\":\"a\"},{\"path\":\"a\"}]}",
                        "{\"cmd\":\"x\",\"files\":[{\"path\":\"e\\u0301\"}]}",
                "{\"cmd\":\"x\",\"outputs\":[\"e\\u0301\"]}"
            })
    void only_the_reader_can_refuse(String json) {
        assertThat(schemaAccepts(json)).as("schema").isTrue();
        assertThat(accepts(json)).as("reader").isFalse();
        agree(json);
    }

    @Property(tries = 3_000)
    void they_agree_about_any_change_to_a_good_request(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        JsonValue value = JsonReader.read(FULL.getBytes(StandardCharsets.UTF_8));
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            value = changed(value, random);
        }
        agree(JsonWriter.compact(value));
    }

    @Property(tries = 3_000)
    void any_bytes_are_a_request_or_a_clear_error(@ForAll("seeds") long seed) {
        Random random = new Random(seed);
        byte[] bytes = FULL.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
            new RequestReader().read(bytes);
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID);
            assertThat(e.why()).isNotBlank();
            assertThat(e.fix()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.longs();
    }

    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "/",
            "..",
            "../a",
            "a/..",
            ".",
            "/tmp/a",
            "/etc/x",
            "a\0",
            "a\n",
            "\u2028",
            "\u0085..",
            "e\u0301",
            "aGk=",
            "aGk",
            "pure",
            "default",
            "a..b",
            "*.org",
            "*",
            "[::1]:80",
            "[x]",
            "{y}",
            "\\",
            "x".repeat(513),
            "ü".repeat(300));

    private static final List<String> KEYS = List.of(
            "cmd",
            "argv",
            "stdin",
            "env",
            "files",
            "policy_id",
            "timeout_sec",
            "allow_net",
            "allow_fs",
            "seed",
            "outputs",
            "effect",
            "path",
            "content_b64",
            "x",
            "");

    private static JsonValue changed(JsonValue value, Random random) {
        if (random.nextInt(4) == 0) {
            return leaf(random);
        }
        return switch (value) {
            case JsonObject object -> changed(object, random);
            case JsonArray array -> changed(array, random);
            case JsonString _, JsonNumber _, JsonBool _, JsonNull _ -> leaf(random);
        };
    }

    private static JsonValue changed(JsonObject object, Random random) {
        Map<String, JsonValue> members = new LinkedHashMap<>(object.members());
        List<String> names = List.copyOf(members.keySet());
        int what = random.nextInt(4);
        if (names.isEmpty() || what == 0) {
            members.put(KEYS.get(random.nextInt(KEYS.size())), leaf(random));
            return new JsonObject(members);
        }
        String name = names.get(random.nextInt(names.size()));
        JsonValue member = object.get(name).orElseThrow();
        if (what == 1) {
            members.remove(name);
        } else if (what == 2) {
            members.put(KEYS.get(random.nextInt(KEYS.size())), member);
        } else {
            members.put(name, changed(member, random));
        }
        return new JsonObject(members);
    }

    private static JsonValue changed(JsonArray array, Random random) {
        List<JsonValue> items = new ArrayList<>(array.items());
        if (items.isEmpty() || random.nextInt(4) == 0) {
            items.add(leaf(random));
        } else {
            int at = random.nextInt(items.size());
            switch (random.nextInt(3)) {
                case 0 -> items.remove(at);
                case 1 -> items.add(items.get(at));
                default -> items.set(at, changed(items.get(at), random));
            }
        }
        return new JsonArray(items);
    }

    private static JsonValue leaf(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> new JsonNull();
            case 1 -> new JsonBool(random.nextBoolean());
            case 2 -> JsonNumber.of(random.nextInt(200) - 50);
            case 3 -> new JsonNumber(new BigDecimal(random.nextBoolean() ? "1.5" : "18446744073709551616"));
            case 4 -> new JsonArray(List.of());
            case 5 -> JsonObject.of();
            default -> new JsonString(TEXTS.get(random.nextInt(TEXTS.size())));
        };
    }
}
