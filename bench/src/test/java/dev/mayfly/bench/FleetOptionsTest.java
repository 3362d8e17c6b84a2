package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetOptionsTest {
    @Test
    void the_control_plane_has_options_of_its_own() {
        FleetOptions options = FleetOptions.parse(
                List.of("--only=control", "--agents=300", "--runners", "4000", "--rate", "900", "--connections", "7"));

        assertThat(options.measures(FleetOptions.CONTROL)).isTrue();
        assertThat(options.measures(FleetOptions.MACHINES)).isFalse();
        assertThat(options.control()).isEqualTo(new ControlOptions(300, 4_000, 900, 7, 20));
        assertThat(options.runs()).isEqualTo(FleetOptions.standard().runs());
    }

    @Test
    void quick_is_less_of_both_parts() {
        FleetOptions quick = FleetOptions.parse(List.of("--quick"));

        assertThat(quick.parts()).containsExactly(FleetOptions.MACHINES, FleetOptions.CONTROL);
        assertThat(quick.control().runners())
                .isLessThan(FleetOptions.standard().control().runners());
    }

    @Test
    void nonsense_is_refused() {
        for (List<String> words : List.of(
                List.of("--agents", "none"),
                List.of("--agents", "0"),
                List.of("--runners", "3"),
                List.of("--rate"),
                List.of("--connections", "-1"),
                List.of("--only", "hosts"))) {
            assertThatThrownBy(() -> FleetOptions.parse(words))
                    .as(words.toString())
                    .isInstanceOf(MayflyException.class);
        }
    }
}
