package dev.mayfly.base.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.testing.Golden;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrorCodeTest {
    @Test
    void the_documentation_lists_every_code_as_it_is() {
        StringBuilder table = new StringBuilder("""
                # Error codes

                Every error is printed on stderr as `error MF-<number>: <what>`, `why: …`, `fix: …`. Numbers are stable and
                never reused. *Retry* says whether the same call may succeed again: `never` until the input changes, `now`
                at once, `after` a while or once somebody has acted.

                | code | name | exit code | retry | meaning |
                |---|---|---|---|---|
                """);
        for (ErrorCode code : ErrorCode.values()) {
            table.append("| `")
                    .append(code.label())
                    .append("` | `")
                    .append(code.name())
                    .append("` | ")
                    .append(code.exitCode().number())
                    .append(" | ")
                    .append(code.retry().name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(code.meaning())
                    .append(" |\n");
        }
        Golden.check("docs/errors.md", table.toString());
    }

    @Test
    void numbers_are_unique_rise_and_meanings_are_sentences() {
        Set<String> meanings = new HashSet<>();
        int last = 0;
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.number()).isGreaterThan(last).isBetween(1000, 9999);
            last = code.number();
            assertThat(code.meaning()).matches("[A-Z][^\n|]{10,}\\.");
            assertThat(meanings.add(code.meaning())).isTrue();
        }
    }

    @Test
    void an_exception_renders_in_three_lines_and_leaves_out_what_is_empty() {
        MayflyException full =
                new MayflyException(ErrorCode.NOT_FOUND, "no job 7", "the ledger has none", "mayfly job ls");
        assertThat(full.render()).isEqualTo("error MF-4003: no job 7\nwhy: the ledger has none\nfix: mayfly job ls");
        assertThat(full).hasMessage("MF-4003: no job 7 (the ledger has none)");
        assertThat(new MayflyException(ErrorCode.NOT_FOUND, "no job 7", "", "").render())
                .isEqualTo("error MF-4003: no job 7");
    }
}
