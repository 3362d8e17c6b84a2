package dev.mayfly.base.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

class JsonPropertiesTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Property(tries = 500)
    void what_is_written_is_read_back_the_same(@ForAll long made) {
        JsonValue value = value(new Random(made), 4);
        assertThat(JsonReader.read(utf8(JsonWriter.compact(value)))).isEqualTo(value);
        assertThat(JsonReader.read(utf8(JsonWriter.pretty(value)))).isEqualTo(value);
    }

    @Property(tries = 500)
    void the_canonical_form_does_not_depend_on_order_and_is_a_fixed_point(@ForAll long made, @ForAll long seed) {
        JsonValue value = value(new Random(made), 4);
        byte[] canonical = CanonicalJson.bytes(value);
        assertThat(CanonicalJson.bytes(shuffled(value, new Random(seed)))).isEqualTo(canonical);
        assertThat(CanonicalJson.bytes(JsonReader.read(canonical))).isEqualTo(canonical);
    }

    @Property(tries = 2000)
    void a_double_is_read_back_from_its_canonical_form(@ForAll double number) {
        String canonical = EcmaScriptNumber.format(number);
        assertThat(Double.parseDouble(canonical)).isEqualTo(number == 0 ? 0.0 : number);
        assertThat(JsonReader.read(utf8(canonical))).isInstanceOf(JsonNumber.class);
    }

    @Property(tries = 2000)
    void any_bytes_are_a_value_or_a_syntax_error(@ForAll @Size(max = 60) byte[] bytes) {
        readOrRefuse(bytes);
    }

    @Property(tries = 2000)
    void any_mixture_of_tokens_is_a_value_or_a_syntax_error(@ForAll("tokens") List<String> tokens) {
        readOrRefuse(utf8(String.join("", tokens)));
    }

    /** Whatever is accepted must survive being written; anything but a syntax error fails the test. */
    private static void readOrRefuse(byte[] bytes) {
        JsonValue value;
        try {
            value = JsonReader.read(bytes);
        } catch (JsonSyntaxException e) {
            assertThat(e.line()).isPositive();
            assertThat(e.column()).isPositive();
            return;
        }
        assertThat(JsonReader.read(utf8(JsonWriter.compact(value)))).isEqualTo(value);
    }

    @Provide
    Arbitrary<List<String>> tokens() {
        return Arbitraries.of(
                        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"", "\\", "\\u", "d83d", "1", "-", "0", ".",
                        "e", "+", "true", "null", " ", "\n", "é", "\u0000")
                .list()
                .ofMaxSize(20);
    }

    /** Made here and not by jqwik, whose recursive arbitraries take minutes for this. */
    private static JsonValue value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> new JsonString(text(random));
            case 1 -> new JsonBool(random.nextBoolean());
            case 2 -> new JsonNull();
            case 3 -> JsonNumber.of(random.nextLong(-(1L << 53), 1L << 53));
            case 4 -> new JsonNumber(finite(random));
            case 5 -> {
                List<JsonValue> items = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    items.add(value(random, depth - 1));
                }
                yield new JsonArray(items);
            }
            default -> {
                Map<String, JsonValue> members = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    members.put(text(random), value(random, depth - 1));
                }
                yield new JsonObject(members);
            }
        };
    }

    private static BigDecimal finite(Random random) {
        double number = Double.longBitsToDouble(random.nextLong());
        return BigDecimal.valueOf(Double.isFinite(number) ? number : random.nextGaussian());
    }

    private static String text(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            int any = random.nextInt(Character.MAX_CODE_POINT + 1);
            boolean surrogate = any >= Character.MIN_SURROGATE && any <= Character.MAX_SURROGATE;
            switch (random.nextInt(4)) {
                case 0 -> out.appendCodePoint(surrogate ? 'x' : any);
                case 1 -> out.append((char) random.nextInt(0x80));
                case 2 -> out.append("\"\\\u2028\u007f\uffff\ufeff".charAt(random.nextInt(6)));
                default -> out.append((char) ('a' + random.nextInt(26)));
            }
        }
        return out.toString();
    }

    private static JsonValue shuffled(JsonValue value, Random random) {
        return switch (value) {
            case JsonObject object -> {
                List<Map.Entry<String, JsonValue>> members =
                        new ArrayList<>(object.members().entrySet());
                Collections.shuffle(members, random);
                Map<String, JsonValue> copy = new LinkedHashMap<>();
                members.forEach(member -> copy.put(member.getKey(), shuffled(member.getValue(), random)));
                yield new JsonObject(copy);
            }
            case JsonArray array ->
                new JsonArray(array.items().stream()
                        .map(item -> shuffled(item, random))
                        .toList());
            default -> value;
        };
    }
}
