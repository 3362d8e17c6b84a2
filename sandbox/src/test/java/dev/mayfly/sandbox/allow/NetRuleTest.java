package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetRuleTest {
    @ParameterizedTest
    @CsvSource({
        "example.org, example.org",
        "host:example.org, example.org",
        "host:example.org:443, example.org:443",
        "Example.ORG.:443, example.org:443",
        "example.org:*, example.org",
        "example.org:1-65535, example.org",
        "example.org:8080-8090, example.org:8080-8090",
        "example.org:8080-8080, example.org:8080",
        "host:443, host:443",
        "host:*, host",
        "host:8080-8090, host:8080-8090",
        "*.example.org, *.example.org",
        "*.Example.org:443, *.example.org:443",
        "127.0.0.1:8080-8090, 127.0.0.1:8080-8090",
        "addr:10.0.0.0/8, 10.0.0.0/8",
        "addr:[::1]:80, [::1]:80",
        "10.0.0.0/8:22, 10.0.0.0/8:22",
        "192.0.2.7/32, 192.0.2.7",
        "0.0.0.0/0, 0.0.0.0/0",
        "::1, [::1]",
        "[::1], [::1]",
        "[2001:DB8::1]:443, [2001:db8::1]:443",
        "2001:db8::/32, [2001:db8::/32]",
        "[2001:db8::/32]:443-444, [2001:db8::/32]:443-444",
        "::/0, [::/0]",
        "[::ffff:10.0.0.1]:80, 10.0.0.1:80"
    })
    void reads_the_grammar(String text, String canonical) {
        assertThat(NetRule.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*:443",
                "*example.org",
                "*.",
                "a.*.org",
                "*.*.org",
                "example.*",
                "**.org",
                "*.1.2.3.4",
                "example.org:",
                "example.org:0",
                "example.org:65536",
                "example.org:080",
                "example.org:90-80",
                "example.org:80-",
                "example.org:-80",
                "example.org:80-90-100",
                "example.org:http",
                "example.org:+80",
                "example.org:80 ",
                "http://example.org",
                "example.org/",
                "example.org/8",
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/255.0.0.0",
                "10.0.0/24",
                "2001:db8::1/32",
                "[::1",
                "[::1]80",
                "[::1]:",
                "[example.org]",
                "[10.0.0.1]:80",
                "addr:example.org",
                "addr:*.example.org",
                "host:",
                "host:host:example.org",
                "user@example.org",
                "127.1",
                "0x7f.1:80",
                "example.org:٨٠"
            })
    void refuses_what_is_no_rule(String text) {
        assertThatExceptionOfType(AllowSyntaxException.class)
                .isThrownBy(() -> NetRule.parse(text))
                .satisfies(e -> assertThat(e.fix()).isNotBlank());
    }

    @Property(tries = 2_000)
    void reading_what_was_printed_gives_an_equal_rule(@ForAll("rules") NetRule rule) {
        assertThat(NetRule.parse(rule.toString())).isEqualTo(rule);
    }

    @Property(tries = 5_000)
    void any_text_is_a_rule_or_a_clear_error(@ForAll("texts") String text) {
        try {
            NetRule rule = NetRule.parse(text);
            assertThat(NetRule.parse(rule.toString())).isEqualTo(rule);
        } catch (AllowSyntaxException e) {
            assertThat(e.problem()).isNotBlank();
            assertThat(e.fix()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<NetRule> rules() {
        return NetRules.rules();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "host:", "addr:", "*", "*.", ".", ":", "-", "/", "[", "]", "::", "a", "example", "org", "0", "1", "10",
                "127", "255", "443", "65535", "65536", "0x7f", "xn--", "%", "@", "\0", "ü", "ｅ", " ");
        return Combinators.combine(pieces, pieces.list().ofMaxSize(8))
                .as((first, rest) -> first + String.join("", rest));
    }
}
