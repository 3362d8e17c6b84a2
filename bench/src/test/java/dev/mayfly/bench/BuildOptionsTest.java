package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildOptionsTest {
    @Test
    void what_is_said_counts_and_the_rest_stays_as_it_is() {
        BuildOptions options =
                BuildOptions.parse(List.of("--project", "/p", "--rounds=5", "--modules=", "--json", "--folder=/x"));

        assertThat(options.project()).contains(Path.of("/p"));
        assertThat(options.rounds()).isEqualTo(5);
        assertThat(options.modules()).isEmpty();
        assertThat(options.folder()).contains(Path.of("/x"));
        assertThat(options.json()).isTrue();
        assertThat(options.plot()).isEmpty();
        assertThat(BuildOptions.parse(List.of())).isEqualTo(BuildOptions.standard());
    }

    @Test
    void quick_builds_little_once() {
        BuildOptions quick = BuildOptions.parse(List.of("--quick"));

        assertThat(quick.rounds()).isEqualTo(1);
        assertThat(quick.modules()).isEqualTo("base");
    }

    @Test
    void what_is_named_wins_over_quick_wherever_it_stands() {
        BuildOptions before = BuildOptions.parse(List.of("--rounds", "7", "--quick"));

        assertThat(before.rounds()).isEqualTo(7);
        assertThat(before.modules()).isEqualTo("base");
        assertThat(BuildOptions.parse(List.of("--quick", "--rounds", "7"))).isEqualTo(before);
    }

    @Test
    void nonsense_is_refused() {
        for (List<String> words : List.of(
                List.of("--rounds", "0"), List.of("--rounds", "many"), List.of("--rounds"), List.of("--runs", "1"))) {
            assertThatThrownBy(() -> BuildOptions.parse(words)).isInstanceOf(MayflyException.class);
        }
    }
}
