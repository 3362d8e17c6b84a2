package dev.mayfly.base.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors of RFC 8785: section 3.2 and appendix B. */
class CanonicalJsonTest {
    private static String canonical(String json) {
        return new String(
                CanonicalJson.bytes(JsonReader.read(json.getBytes(StandardCharsets.UTF_8))), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void numbers_have_the_form_of_the_table(String bits, String expected) {
        double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
        assertThat(EcmaScriptNumber.format(number)).isEqualTo(expected);
        assertThat(canonical(expected)).isEqualTo(expected);
    }

    @Test
    void the_example_of_serialization_comes_out_as_printed() {
        assertThat(canonical("""
                        {
                          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                          "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                          "literals": [null, true, false]
                        }"""))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void the_example_of_sorting_comes_out_in_the_order_of_utf16_units() {
        assertThat(canonical("""
                        {"\\u20ac": "Euro Sign", "\\r": "Carriage Return", "\\ufb33": "Hebrew Letter Dalet With Dagesh",
                         "1": "One", "\\ud83d\\ude00": "Emoji: Grinning Face", "\\u0080": "Control",
                         "\\u00f6": "Latin Small Letter O With Diaeresis"}"""))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
                        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\","
                        + "\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9007199254740993", "-9007199254740993", "123456789012345678901234567890", "1e309", "-1e400"})
    void a_number_that_a_double_would_change_is_refused(String number) {
        assertThatThrownBy(() -> canonical(number)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbers_of_one_value_have_one_form() {
        for (String same : new String[] {"10", "10.0", "1e1", "1E+1", "100e-1"}) {
            assertThat(canonical(same)).isEqualTo("10");
        }
        assertThat(canonical("-0")).isEqualTo("0");
        assertThat(new JsonNumber(new BigDecimal("10.0")))
                .isEqualTo(JsonNumber.of(10))
                .hasSameHashCodeAs(JsonNumber.of(10));
    }

    @Test
    void text_that_utf8_cannot_hold_is_refused_in_canonical_form_and_replaced_for_readers() {
        for (String broken : new String[] {"\ud800", "a\udc00b", "\ud83d\ud83d\ude00"}) {
            assertThatThrownBy(() -> CanonicalJson.bytes(new JsonString(broken)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(JsonWriter.compact(new JsonString("\ud83d\ud83d\ude00\udc00")))
                .isEqualTo("\"\ufffd😀\ufffd\"");
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "-9223372036854775808, -9223372036854775808",
        "9223372036854775808, ",
        "-9223372036854775809, ",
        "18446744073709551615, ",
        "100, 100",
        "1e2, 100",
        "100.0, 100",
        "-0, 0",
        "0e400, 0",
        "1e18, 1000000000000000000",
        "1e19, ",
        "1e400, ",
        "1.5, ",
        "1e-400, ",
    })
    void an_integer_is_exact_as_a_long_or_not_at_all_however_it_is_spelt(String text, Long expected) {
        JsonNumber read = (JsonNumber) JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
        JsonNumber made = new JsonNumber(new BigDecimal(text));
        for (JsonNumber number : List.of(read, made)) {
            assertThat(number.exactLong())
                    .isEqualTo(expected == null ? OptionalLong.empty() : OptionalLong.of(expected));
            assertThat(number.value()).isEqualByComparingTo(new BigDecimal(text));
            assertThat(JsonReader.read(JsonWriter.compact(number).getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(number);
        }
        assertThat(read).isEqualTo(made).hasSameHashCodeAs(made);
        if (expected != null) {
            assertThat(JsonNumber.of(expected)).isEqualTo(made).hasSameHashCodeAs(made);
            assertThat(JsonWriter.compact(made)).isEqualTo(expected.toString());
        }
    }

    @Test
    void sixty_four_unsigned_bits_are_written_as_they_are_meant() {
        assertThat(JsonWriter.compact(JsonNumber.ofUnsigned(-1))).isEqualTo("18446744073709551615");
        assertThat(JsonWriter.compact(JsonNumber.ofUnsigned(Long.MIN_VALUE))).isEqualTo("9223372036854775808");
        assertThat(JsonNumber.ofUnsigned(7)).isEqualTo(JsonNumber.of(7));
        for (long bits : new long[] {0, 7, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            assertThat(JsonNumber.ofUnsigned(bits).unsignedLong()).hasValue(bits);
        }
        for (String beyond : new String[] {"-1", "18446744073709551616", "-18446744073709551615", "1.5", "1e400"}) {
            assertThat(new JsonNumber(new BigDecimal(beyond)).unsignedLong()).isEmpty();
        }
    }
}
