package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvOptionsTest {
    @Test
    void what_is_said_counts_and_the_rest_stays_as_it_is() {
        EnvOptions options = EnvOptions.parse(
                List.of("--files", "5000", "--cold=0", "--only", "mount,router", "--json", "--folder=/x"));

        assertThat(options.files()).isEqualTo(5000);
        assertThat(options.coldRounds()).isZero();
        assertThat(options.json()).isTrue();
        assertThat(options.folder()).contains(Path.of("/x"));
        assertThat(options.measures(EnvOptions.ROUTER)).isTrue();
        assertThat(options.measures(EnvOptions.CALLS)).isFalse();
        assertThat(options.views()).isEqualTo(EnvOptions.standard().views());
    }

    @Test
    void quick_is_less_of_everything_and_later_words_win() {
        EnvOptions quick = EnvOptions.parse(List.of("--quick", "--files", "300"));

        assertThat(quick.files()).isEqualTo(300);
        assertThat(quick.views()).isLessThan(EnvOptions.standard().views());
        assertThat(EnvOptions.parse(List.of("--only", "calls", "--quick")).parts())
                .containsExactly(EnvOptions.CALLS);
        assertThat(EnvOptions.parse(List.of("--runs", "3", "--runs=4")).runs()).isEqualTo(4);
    }

    @Test
    void nonsense_is_refused() {
        for (List<String> words : List.of(
                List.of("--files", "ten"),
                List.of("--files", "5"),
                List.of("--files"),
                List.of("--only", "all"),
                List.of("--sideways", "1"),
                List.of("--views", "-1"))) {
            assertThatThrownBy(() -> EnvOptions.parse(words)).isInstanceOf(MayflyException.class);
        }
    }
}
