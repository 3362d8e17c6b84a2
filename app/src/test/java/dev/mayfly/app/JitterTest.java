package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.config.ConfigSource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JitterTest {
    private static Jitter read(String text) {
        return Config.resolve(
                        SettingKeys.ALL,
                        ConfigSource.none(),
                        Map.of("MAGICRUNE_TEST_DELAY_MS_JITTER", text),
                        ConfigSource.none())
                .get(SettingKeys.TRIAL_JITTER);
    }

    @Test
    void reads_both_ranges_of_the_replaced_system() {
        assertThat(read("200..=800")).isEqualTo(new Jitter(Duration.ofMillis(200), Duration.ofMillis(800)));
        assertThat(read(" 0..5 ")).isEqualTo(new Jitter(Duration.ZERO, Duration.ofMillis(4)));
        assertThat(read("7..=7")).isEqualTo(new Jitter(Duration.ofMillis(7), Duration.ofMillis(7)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"800", "800..=200", "5..5", "a..=b", "-1..=5", "1...5", "1..=", "9999999..=9999999"})
    void anything_else_is_an_error(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class);
    }
}
