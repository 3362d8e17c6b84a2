package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.log.Level;
import dev.mayfly.base.program.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path home;

    private Settings settings(Map<String, String> flags, Map<String, String> environment) {
        return Settings.of(new Surroundings(home, flags, environment), Settings.Role.SERVICE);
    }

    @Test
    void a_flag_wins_over_a_variable_over_the_file_over_the_default() throws IOException {
        assertThat(settings(Map.of(), Map.of()).slots())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        Files.writeString(home.resolve("mayfly.yaml"), "slots: 3\n");
        assertThat(settings(Map.of(), Map.of()).slots()).isEqualTo(3);
        assertThat(settings(Map.of(), Map.of("MAYFLY_SLOTS", "4")).slots()).isEqualTo(4);
        assertThat(settings(Map.of("slots", "5"), Map.of("MAYFLY_SLOTS", "4")).slots())
                .isEqualTo(5);
    }

    @Test
    void a_file_that_was_named_replaces_the_usual_one_and_must_be_there() throws IOException {
        Files.writeString(home.resolve("mayfly.yaml"), "log.level: error\n");
        Path other = Files.writeString(home.resolve("other.yaml"), "log.level: debug\n");

        assertThat(settings(Map.of(), Map.of("MAYFLY_CONFIG", other.toString()))
                        .config()
                        .get(SettingKeys.LOG_LEVEL))
                .isEqualTo(Level.DEBUG);
        assertThatThrownBy(() -> settings(Map.of("config", home.resolve("none").toString()), Map.of()))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void old_names_still_work_and_lose_against_new_ones() {
        assertThat(settings(Map.of(), Map.of("MAGICRUNE_FORCE_WASM", "1"))
                        .config()
                        .get(SettingKeys.BACKEND))
                .isEqualTo(SettingKeys.BackendName.WASM);
        assertThat(settings(Map.of(), Map.of("MAGICRUNE_FORCE_WASM", "1", "MAYFLY_BACKEND", "bwrap"))
                        .config()
                        .get(SettingKeys.BACKEND))
                .isEqualTo(SettingKeys.BackendName.BWRAP);
        assertThat(settings(Map.of(), Map.of("MAGICRUNE_POLICY", "/p.yml"))
                        .config()
                        .find(SettingKeys.POLICY))
                .contains(Path.of("/p.yml"));
    }

    @Test
    void variables_of_the_launcher_script_are_no_unknown_settings_but_misspelt_ones_are_told() {
        Settings settings =
                settings(Map.of(), Map.of("MAYFLY_HOME", "/h", "MAYFLY_JAVA_OPTS", "-Xmx1g", "MAYFLY_SLOT", "3"));

        assertThat(settings.config().warnings())
                .hasSize(1)
                .allSatisfy(warning -> assertThat(warning.toString()).contains("MAYFLY_SLOT"));
    }
}
