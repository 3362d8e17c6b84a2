package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalHostTest {
    @ParameterizedTest
    @CsvSource({
        "example.org, example.org",
        "EXAMPLE.Org, example.org",
        "example.org., example.org",
        "a_b.example.org, a_b.example.org",
        "localhost, localhost",
        "xn--mnchen-3ya.de, xn--mnchen-3ya.de",
        "münchen.de, xn--mnchen-3ya.de",
        "MÜNCHEN.de, xn--mnchen-3ya.de",
        "1e100.net, 1e100.net",
        "0xdeadbeef.example, 0xdeadbeef.example",
        "192.0.2.7, 192.0.2.7",
        "::1, ::1",
        "[::1], ::1",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8::0, 2001:db8::",
        "::, ::",
        "::ffff:192.0.2.7, 192.0.2.7",
        "[::ffff:c000:207], 192.0.2.7",
        "64:ff9b::192.0.2.7, 64:ff9b::c000:207"
    })
    void has_one_canonical_form(String raw, String canonical) {
        assertThat(CanonicalHost.parse(raw)).hasToString(canonical);
        assertThat(CanonicalHost.parse(canonical)).isEqualTo(CanonicalHost.parse(raw));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".example.org",
                "a..b",
                "example.org..",
                "-a.org",
                "a-.org",
                "a b.org",
                "a\tb",
                "a\nb",
                "evil.org\0.example.org",
                "evil.org%00.example.org",
                "evil.org%2eexample.org",
                "user@example.org",
                "example.org/path",
                "evil.org?.example.org",
                "evil.org#.example.org",
                "evil.org\\.example.org",
                "example.org:443",
                "exam\u200bple.org",
                "exam\u00adple.org",
                "example\u3002org",
                "example\uff0eorg",
                "ｅxample.org",
                "①②⑦.0.0.1",
                "１２７.0.0.1",
                "straße.de",
                "\u212Aelvin.org",
                "ﬁ.org",
                "2130706433",
                "0x7f000001",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "127.1",
                "127.0.1",
                "127.0.0.01",
                "127.0.0.0x1",
                "127.0.0.1.",
                "256.0.0.1",
                "1.2.3.4.5",
                "0",
                "0x",
                "00000177.0.0.1",
                "4294967296",
                "1.2.3.999",
                "a.123",
                "a.0x1f",
                "+127.0.0.1",
                "127.0.0.1 ",
                " 127.0.0.1",
                "１",
                "[::1",
                "::1]",
                "[::1]x",
                "[]",
                "[127.0.0.1]",
                "fe80::1%eth0",
                "[fe80::1%25eth0]",
                ":::",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8:9",
                "::1.2.3",
                "::1.2.3.4.5",
                "1.2.3.4::",
                "::01.2.3.4",
                "::0x1",
                "::g",
                ":1",
                "1:",
                "1:2:3:4:5:6:7:8::"
            })
    void refuses_what_programs_read_differently(String raw) {
        assertThatExceptionOfType(AllowSyntaxException.class)
                .isThrownBy(() -> CanonicalHost.parse(raw))
                .satisfies(e -> assertThat(e.fix()).isNotBlank());
        assertThat(CanonicalHost.tryParse(raw)).isEmpty();
    }

    @Test
    void refuses_over_long_names_and_labels() {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);
        assertThat(CanonicalHost.parse(longest)).hasToString(longest);
        assertThat(CanonicalHost.tryParse(longest + "a")).isEmpty();
        assertThat(CanonicalHost.tryParse("a".repeat(64) + ".org")).isEmpty();
        assertThat(CanonicalHost.tryParse("a".repeat(1_000_000))).isEmpty();
    }
}
