package dev.mayfly.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandLineSplitTest {
    private static CommandLineSplit split(String... words) {
        return CommandLineSplit.of(List.of(words));
    }

    @Test
    void the_first_word_that_is_no_option_is_the_verb_and_the_rest_is_its_own() {
        assertThat(split("--home", "/h", "exec", "-f", "x", "--help"))
                .isEqualTo(new CommandLineSplit(
                        Optional.of("/h"), Optional.of("exec"), List.of("-f", "x", "--help"), false, false));
    }

    @Test
    void the_value_of_home_is_never_taken_for_a_verb() {
        assertThat(split("--home", "exec").verb()).isEmpty();
        assertThat(split("--home=exec", "up").home()).contains("exec");
    }

    @Test
    void help_and_version_count_before_the_verb_only() {
        assertThat(split("--help", "exec").helpAsked()).isTrue();
        assertThat(split("-V").versionAsked()).isTrue();
        assertThat(split("exec", "-V").versionAsked()).isFalse();
    }

    @Test
    void an_option_that_nobody_knows_and_a_missing_value_are_wrong_usage() {
        assertThatThrownBy(() -> split("--what", "exec"))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("--what");
        assertThatThrownBy(() -> split("--home"))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("folder");
    }
}
