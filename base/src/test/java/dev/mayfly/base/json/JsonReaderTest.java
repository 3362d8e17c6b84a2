package dev.mayfly.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static JsonValue read(String text) {
        return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void every_kind_of_value_is_read() {
        assertThat(read(" {\"a\" : [1, -0.5e1, \"x\", true, false, null, {}, []]}\r\n\t"))
                .isEqualTo(new JsonObject(Map.of(
                        "a",
                        new JsonArray(List.of(
                                JsonNumber.of(1),
                                new JsonNumber(new BigDecimal("-5")),
                                new JsonString("x"),
                                new JsonBool(true),
                                new JsonBool(false),
                                new JsonNull(),
                                JsonObject.of(),
                                new JsonArray(List.of()))))));
    }

    @Test
    void escapes_stand_for_their_characters() {
        assertThat(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00é😀\\u0000\""))
                .isEqualTo(new JsonString("\"\\/\b\f\n\r\tAé😀é😀\0"));
    }

    @Test
    void members_keep_their_order() {
        assertThat(((JsonObject) read("{\"z\":1,\"a\":2,\"m\":3}")).members().keySet())
                .containsExactly("z", "a", "m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``| 1 | 1 | ends where a value",
                "`  `| 1 | 3 | ends where a value",
                "{| 1 | 2 | member name",
                "[| 1 | 2 | ends where a value",
                "[1,]| 1 | 4 | unexpected character ']'",
                "{\"a\":1,}| 1 | 8 | member name",
                "{\"a\" 1}| 1 | 6 | ':' is expected",
                "{a:1}| 1 | 2 | member name",
                "{'a':1}| 1 | 2 | member name",
                "[1 2]| 1 | 4 | ']' is expected",
                "01| 1 | 2 | must not start with 0",
                "-01| 1 | 3 | must not start with 0",
                "+1| 1 | 1 | unexpected character '+'",
                ".5| 1 | 1 | unexpected character '.'",
                "1.| 1 | 3 | a digit is expected",
                "1e| 1 | 3 | a digit is expected",
                "1e+| 1 | 4 | a digit is expected",
                "-| 1 | 2 | a digit is expected",
                "1e999999999| 1 | 12 | exponent",
                "1e401| 1 | 6 | exponent",
                "NaN| 1 | 1 | unexpected character",
                "Infinity| 1 | 1 | unexpected character",
                "0x10| 1 | 2 | after the end",
                "tru| 1 | 1 | unknown word",
                "truex| 1 | 5 | after the end",
                "nul| 1 | 1 | unknown word",
                "1 1| 1 | 3 | after the end",
                "{}{}| 1 | 3 | after the end",
                "// no| 1 | 1 | unexpected character '/'",
                "[1,/* no */2]| 1 | 4 | unexpected character '/'",
                "\"abc| 1 | 5 | no end",
                "\"abc\\| 1 | 6 | no end",
                "\"\\x41\"| 1 | 4 | unknown escape",
                "\"\\u12\"| 1 | 4 | four hexadecimal digits",
                "\"\\u12G4\"| 1 | 7 | four hexadecimal digits",
                "\"\\uD800\"| 1 | 8 | surrogate",
                "\"\\uD800x\"| 1 | 9 | surrogate",
                "\"\\uDE00\\uD83D\"| 1 | 14 | surrogate",
                "{\"a\":1,\"b\":2,\"a\":3}| 1 | 14 | the key \"a\" stands twice",
                "{\"a\":1,\"\\u0061\":3}| 1 | 8 | the key \"a\" stands twice",
            })
    void what_is_no_json_is_refused_with_its_place(String text, int line, int column, String problem) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(JsonSyntaxException.class, e -> {
            assertThat(e.problem()).contains(problem);
            assertThat(List.of(e.line(), e.column())).containsExactly(line, column);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"a\nb\"", "\"a\tb\"", "\"\u0000\"", "\"\\n\u001f\"", "\u00a01", "\ufeff{}", "\u000b1", "\u0661"
            })
    void raw_control_characters_and_foreign_blanks_are_refused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(JsonSyntaxException.class);
    }

    @Test
    void the_place_counts_lines() {
        assertThatThrownBy(() -> read("{\n  \"a\": 1,\n  \"b\": x\n}")).hasMessageStartingWith("line 3, column 8: ");
    }

    @Test
    void bytes_that_are_not_utf8_are_refused() {
        byte[][] hostile = {
            {'"', (byte) 0x80, '"'}, // a continuation byte alone
            {'"', (byte) 0xc0, (byte) 0xaf, '"'}, // an overlong slash
            {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}, // a surrogate in UTF-8
            {'"', (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'}, // beyond U+10FFFF
            {'"', (byte) 0xe2, (byte) 0x82, '"'}, // cut short
            {(byte) 0xff, (byte) 0xfe, '1', 0}, // UTF-16
        };
        for (byte[] bytes : hostile) {
            assertThatThrownBy(() -> JsonReader.read(bytes)).hasMessageContaining("UTF-8");
        }
    }

    @Test
    void depth_is_bounded_and_the_bound_itself_is_allowed() {
        JsonLimits limits = new JsonLimits(1 << 20, 3, 100);
        assertThatCode(() -> JsonReader.read("[[[1]]]".getBytes(StandardCharsets.UTF_8), limits))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> JsonReader.read("[[[[1]]]]".getBytes(StandardCharsets.UTF_8), limits))
                .hasMessageContaining("nested deeper than 3");
        assertThatThrownBy(() -> read("[".repeat(10_000_000))).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> read("{\"a\":".repeat(100_000))).hasMessageContaining("nested deeper");
    }

    @Test
    void size_and_number_of_values_are_bounded() {
        JsonLimits limits = new JsonLimits(20, 10, 4);
        assertThatCode(() -> JsonReader.read("[1,2,3]".getBytes(StandardCharsets.UTF_8), limits))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> JsonReader.read("[1,2,3,4]".getBytes(StandardCharsets.UTF_8), limits))
                .hasMessageContaining("more than 4 values");
        assertThatThrownBy(() -> JsonReader.read(new byte[21], limits)).hasMessageContaining("21 bytes");
    }

    @Test
    void a_number_of_absurd_length_is_refused_before_it_is_parsed() {
        assertThatThrownBy(() -> read("1".repeat(1_000_000))).hasMessageContaining("more than 128 characters");
        assertThatThrownBy(() -> read("0." + "1".repeat(1_000_000))).hasMessageContaining("more than 128 characters");
        assertThatThrownBy(() -> read("1e" + "0".repeat(1_000_000) + "1")).hasMessageContaining("exponent");
    }
}
