package dev.mayfly.base.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    private enum Engine {
        AUTO,
        PLAIN_OLD
    }

    private static final Key<Path> HOME =
            Key.of("home", Types.path(), "Where state lives.").withDefault("~/.mayfly");
    private static final Key<Duration> TIMEOUT = Key.of(
                    "exec.timeout",
                    Types.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
                    "How long a run may take.")
            .withDefault("30s");
    private static final Key<Engine> ENGINE = Key.of("exec.engine", Types.choice(Engine.class), "What runs it.")
            .withDefault("auto")
            .withAlias(Alias.when("OLD_FORCE", "1", "plain-old"))
            .withAlias(Alias.of("OLD_ENGINE"));
    private static final Key<Long> MEMORY = Key.of("exec.memory", Types.bytes(1, 1L << 40), "Memory of a run.");
    private static final Key<List<Integer>> PORTS = Key.of(
                    "ports", Types.listOf(Types.integer(1, 65535)), "Ports | to use.")
            .withDefault("");
    private static final Key<String> TOKEN =
            Key.of("token", Types.text(), "A secret.").asSecret();
    private static final Key<Boolean> STRICT =
            Key.of("strict", Types.bool(), "Refuse any degradation.").withDefault("false");
    private static final Keys KEYS = Keys.of(List.of(HOME, TIMEOUT, ENGINE, MEMORY, PORTS, TOKEN, STRICT));

    private static ConfigSource source(Setting... settings) {
        return () -> List.of(settings);
    }

    private static Config resolve(Map<String, String> environment) {
        return Config.resolve(KEYS, ConfigSource.none(), environment, ConfigSource.none());
    }

    @Test
    void flag_beats_variable_beats_old_name_beats_file_beats_default() {
        Setting flag = Setting.of("exec.engine", "auto", "--engine");
        Setting file = Setting.of("exec.engine", "auto", "mayfly.yaml:3");
        Map<String, String> both = Map.of("HOME", "/h", "MAYFLY_EXEC_ENGINE", "auto", "OLD_ENGINE", "plain-old");
        Map<String, String> old = Map.of("HOME", "/h", "OLD_ENGINE", "plain-old", "OLD_FORCE", "0");
        assertThat(Config.resolve(KEYS, source(flag), both, source(file)).origin(ENGINE))
                .isEqualTo("--engine");
        assertThat(Config.resolve(KEYS, source(), both, source(file)).origin(ENGINE))
                .isEqualTo("MAYFLY_EXEC_ENGINE");
        Config byOldName = Config.resolve(KEYS, source(), old, source(file));
        assertThat(byOldName.origin(ENGINE)).isEqualTo("OLD_ENGINE");
        assertThat(byOldName.get(ENGINE)).isEqualTo(Engine.PLAIN_OLD);
        assertThat(Config.resolve(KEYS, source(), Map.of("HOME", "/h"), source(file))
                        .origin(ENGINE))
                .isEqualTo("mayfly.yaml:3");
        assertThat(resolve(Map.of("HOME", "/h")).origin(ENGINE)).isEqualTo("default");
        assertThat(resolve(Map.of("HOME", "/h")).origin(MEMORY)).isEqualTo("not set");
    }

    @Test
    void an_old_switch_counts_only_with_its_text_and_the_first_alias_wins() {
        assertThat(resolve(Map.of("HOME", "/h", "OLD_FORCE", "1")).get(ENGINE)).isEqualTo(Engine.PLAIN_OLD);
        assertThat(resolve(Map.of("HOME", "/h", "OLD_FORCE", "0")).get(ENGINE)).isEqualTo(Engine.AUTO);
        assertThat(resolve(Map.of("HOME", "/h", "OLD_FORCE", "1", "OLD_ENGINE", "auto"))
                        .origin(ENGINE))
                .isEqualTo("OLD_FORCE");
    }

    @Test
    void values_have_their_types() {
        Config config = Config.resolve(
                KEYS,
                ConfigSource.none(),
                Map.of(
                        "HOME",
                        "/home/u",
                        "MAYFLY_PORTS",
                        "80, 443",
                        "MAYFLY_EXEC_MEMORY",
                        "64MiB",
                        "MAYFLY_STRICT",
                        "Yes"),
                source(Setting.of("exec.timeout", "1500ms", "f:1")));
        assertThat(config.get(HOME)).isEqualTo(Path.of("/home/u/.mayfly"));
        assertThat(config.get(TIMEOUT)).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.find(MEMORY)).contains(64L << 20);
        assertThat(config.get(PORTS)).containsExactly(80, 443);
        assertThat(config.get(STRICT)).isTrue();
        assertThat(config.find(TOKEN)).isEmpty();
    }

    @Test
    void a_list_may_be_written_as_one_in_a_file_and_is_empty_when_empty() {
        Config config = Config.resolve(
                KEYS,
                ConfigSource.none(),
                Map.of("HOME", "/h"),
                source(new Setting("ports", List.of("1", "2", "3"), "f:1")));
        assertThat(config.get(PORTS)).containsExactly(1, 2, 3);
        assertThat(resolve(Map.of("HOME", "/h")).get(PORTS)).isEmpty();
    }

    @Test
    void all_problems_are_reported_at_once_with_their_places_and_without_secrets() {
        assertThatThrownBy(() -> Config.resolve(
                        KEYS,
                        source(Setting.of("exec.timeout", "soon", "--timeout")),
                        Map.of("MAYFLY_PORTS", "80,http", "HOME", "/h"),
                        source(
                                Setting.of("exec.timeuot", "1s", "mayfly.yaml:2"),
                                Setting.of("strict", "maybe", "mayfly.yaml:3"),
                                Setting.of("strict", "true", "mayfly.yaml:4"),
                                new Setting("token", List.of("hush", "hush"), "mayfly.yaml:5"),
                                Setting.of("nothing-like-it", "1", "mayfly.yaml:6"))))
                .isInstanceOfSatisfying(ConfigException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
                    assertThat(e.problems())
                            .extracting(ConfigProblem::toString)
                            .containsExactlyInAnyOrder(
                                    "mayfly.yaml:2: unknown key exec.timeuot, did you mean exec.timeout?",
                                    "mayfly.yaml:3: strict \"maybe\" must be true or false",
                                    "mayfly.yaml:4: strict is set twice, the first time at mayfly.yaml:3",
                                    "mayfly.yaml:5: token (secret) takes one value, not a list",
                                    "mayfly.yaml:6: unknown key nothing-like-it",
                                    "MAYFLY_PORTS: ports \"80,http\" must be an integer from 1 to 65535",
                                    "--timeout: exec.timeout \"soon\" must be a number with its unit: ms, s, m, h or d");
                    assertThat(e.render()).startsWith("error MF-1002: the configuration has 7 problems\nwhy: ");
                });
    }

    @Test
    void a_wrong_value_is_reported_even_where_a_flag_overrides_it() {
        assertThatThrownBy(() -> Config.resolve(
                        KEYS,
                        source(Setting.of("strict", "true", "--strict")),
                        Map.of("MAYFLY_STRICT", "perhaps", "HOME", "/h"),
                        ConfigSource.none()))
                .hasMessageContaining("MAYFLY_STRICT: strict \"perhaps\"");
    }

    @Test
    void a_variable_of_our_prefix_that_means_nothing_is_a_warning_and_an_empty_one_is_unset() {
        Config config = resolve(Map.of("HOME", "/h", "MAYFLY_TYPO", "1", "MAYFLY_STRICT", "", "PATH", "/bin"));
        assertThat(config.warnings()).containsExactly(new ConfigProblem("MAYFLY_TYPO", "no setting of this name"));
        assertThat(config.get(STRICT)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exec.timeout | 30 | needs a unit",
                "exec.timeout | 2h | must be from 1ms to 60s",
                "exec.timeout | 0ms | must be from 1ms to 60s",
                "exec.timeout | 999999999999999999d | is too long",
                "exec.timeout | 1w | must end with ms, s, m, h or d",
                "exec.memory | 0 | must be from 1 to",
                "exec.memory | 64MB | must end with KiB",
                "exec.memory | 999999999999999999TiB | must be from 1 to",
                "exec.memory | -1 | must be a number of bytes",
                "exec.engine | plain_old | must be one of auto, plain-old",
                "ports | 1,,70000 | must be an integer from 1 to 65535",
            })
    void a_value_that_does_not_fit_is_explained(String key, String text, String problem) {
        assertThatThrownBy(() -> Config.resolve(
                        KEYS, source(Setting.of(key, text, "--x")), Map.of("HOME", "/h"), ConfigSource.none()))
                .hasMessageContaining("--x: " + key)
                .hasMessageContaining(problem);
    }

    @Test
    void a_home_that_is_not_known_is_a_problem_and_not_a_directory_named_tilde() {
        assertThatThrownBy(() -> resolve(Map.of())).hasMessageContaining("HOME is not set");
    }

    @Test
    void the_tables_show_every_key_and_old_name() {
        assertThat(KEYS.table())
                .contains("""
                | `exec.timeout` | `MAYFLY_EXEC_TIMEOUT` | duration such as 500ms, 30s, 5m, 2h | `30s` | How long a run may take. |
                """)
                .contains("| Ports \\| to use. |")
                .contains("| `token` | `MAYFLY_TOKEN` | text | none | A secret. |");
        assertThat(KEYS.aliasTable()).isEqualTo("""
                | old name | now | how |
                |---|---|---|
                | `OLD_FORCE=1` | `exec.engine: plain-old` | with this text only |
                | `OLD_ENGINE` | `exec.engine` | same value |
                """);
    }

    @Test
    void declarations_that_could_be_confused_are_refused() {
        Key<String> a = Key.of("a.b", Types.text(), "x");
        assertThatThrownBy(() -> Keys.of(List.of(a, a))).hasMessageContaining("two keys");
        assertThatThrownBy(() -> Keys.of(List.of(a, Key.of("a-b", Types.text(), "x"))))
                .hasMessageContaining("MAYFLY_A_B");
        assertThatThrownBy(() -> Keys.of(List.of(
                        a.withAlias(Alias.of("OLD")),
                        Key.of("c", Types.text(), "x").withAlias(Alias.of("OLD")))))
                .hasMessageContaining("OLD means both");
        for (String bad : List.of("", "A", "a..b", ".a", "a.", "a_b", "a b", "-a")) {
            assertThatThrownBy(() -> Key.of(bad, Types.text(), "x")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> resolve(Map.of("HOME", "/h")).find(Key.of("other", Types.text(), "x")))
                .hasMessageContaining("not a key of this program");
        assertThatThrownBy(() -> resolve(Map.of("HOME", "/h")).get(TOKEN)).hasMessageContaining("use find");
    }
}
