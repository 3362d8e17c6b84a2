package dev.mayfly.sandbox.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputGlobTest {
    @ParameterizedTest(name = "{0} against {1}: {2}")
    @CsvSource({
        "*.txt, a.txt, true",
        "*.txt, d/a.txt, false",
        "**/*.txt, d/a.txt, true",
        "**/*.txt, a.txt, true",
        "**, a/b/c, true",
        "d/**, d/a/b, true",
        "d/**, e/a, false",
        "d/, d/a/b, true",
        "a?c, abc, true",
        "a?c, ac, false",
        "/workspace/out/*, out/x, true",
        "./x, x, true",
        "a*b*c, aXXbYYc, true",
        "a*b*c, aXXbYY, false",
        "*, .hidden, true",
        "[a], a, false",
        "[a], [a], true",
        "a/**/b/**/c, a/x/y/b/c, true",
        "a/**/b/**/c, a/x/y/c, false",
    })
    void patterns_mean_what_they_say(String pattern, String path, boolean matches) {
        assertThat(OutputGlob.of(pattern).matches(path)).isEqualTo(matches);
    }

    @Property
    void a_path_matches_itself(@ForAll @AlphaChars @StringLength(min = 1, max = 30) String path) {
        assertThat(OutputGlob.of(path).matches(path)).isTrue();
        assertThat(OutputGlob.of(path).matches(path + "x")).isFalse();
    }

    @Test
    void no_pattern_takes_long() {
        String hostile = "a*".repeat(500) + "b";
        String deep = "**/".repeat(500) + "b";
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThat(OutputGlob.of(hostile).matches("a".repeat(4000))).isFalse();
            assertThat(OutputGlob.of(deep).matches("a/".repeat(2000) + "a")).isFalse();
        });
    }
}
