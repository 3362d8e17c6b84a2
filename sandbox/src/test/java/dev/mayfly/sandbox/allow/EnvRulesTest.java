package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvRulesTest {
    @ParameterizedTest
    @CsvSource({
        "*, ANY, true",
        "FOO, FOO, true",
        "FOO, FOOD, false",
        "LD_*, LD_PRELOAD, true",
        "LD_*, OLD_X, false",
        "*_KEY, API_KEY, true",
        "*_KEY, API_KEYS, false",
        "*SECRET*, MY_SECRET_1, true",
        "*SECRET*, SECRE, false",
        "A*B*C, AxxBxxC, true",
        "A*B*C, AxxCxxB, false",
        "foo, FOO, false"
    })
    void patterns_have_stars_only(String pattern, String name, boolean fits) {
        assertThat(Wildcard.fits(pattern, name)).isEqualTo(fits);
    }

    @Test
    void deny_wins_over_allow_and_an_empty_allow_permits_nothing() {
        EnvRules rules = new EnvRules(List.of("APP_*", "LANG"), List.of("*_TOKEN"));
        assertThat(rules.denied(List.of("APP_A", "LANG", "APP_TOKEN", "HOME"))).containsExactly("APP_TOKEN", "HOME");
        assertThat(new EnvRules(List.of(), List.of()).permits("A")).isFalse();
    }

    @Property(tries = 2_000)
    void a_wildcard_means_what_the_regular_expression_means(
            @ForAll @StringLength(max = 8) @Chars({'a', 'b', '*'}) String pattern,
            @ForAll @StringLength(max = 10) @CharRange(from = 'a', to = 'b') String text) {
        assertThat(Wildcard.fits(pattern, text)).isEqualTo(Pattern.matches(pattern.replace("*", ".*"), text));
    }

    @Test
    void many_stars_do_not_take_for_ever() {
        String pattern = "*a".repeat(200) + "b";
        String text = "a".repeat(5_000);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(Wildcard.fits(pattern, text)).isFalse());
    }
}
