package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlSettingsTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("mayfly.yaml"), text);
    }

    @Test
    void nested_keys_and_dotted_keys_say_the_same() throws IOException {
        assertThat(YamlSettings.read(file("log:\n  level: warn\n")).settings())
                .containsExactly(Setting.of("log.level", "warn", folder + "/mayfly.yaml:2"));
        assertThat(YamlSettings.read(file("log.level: warn\n")).settings())
                .containsExactly(Setting.of("log.level", "warn", folder + "/mayfly.yaml:1"));
    }

    @Test
    void values_stay_as_they_were_written() throws IOException {
        assertThat(YamlSettings.read(file("a: 010\nb: yes\nc: 1.0\nd: \"\"\n")).settings())
                .extracting(Setting::values)
                .containsExactly(List.of("010"), List.of("yes"), List.of("1.0"), List.of(""));
    }

    @Test
    void a_list_is_one_setting_of_many_values() throws IOException {
        assertThat(YamlSettings.read(file("a: [x, y]\n")).settings())
                .extracting(Setting::values)
                .containsExactly(List.of("x", "y"));
    }

    @Test
    void a_key_that_stands_twice_is_left_for_the_configuration_to_tell() throws IOException {
        assertThat(YamlSettings.read(file("a.b: 1\na: {b: 2}\n")).settings())
                .extracting(Setting::key)
                .containsExactly("a.b", "a.b");
    }

    @Test
    void an_empty_file_sets_nothing() throws IOException {
        assertThat(YamlSettings.read(file("# nothing\n")).settings()).isEmpty();
    }

    @Test
    void what_is_no_mapping_of_plain_values_is_told_with_its_line() throws IOException {
        for (String text : List.of("- a\n", "\n? [x]\n: y\n", "a: [[b]]\n", "a: \"\n", "\ta: 1", "{")) {
            Path file = file(text);
            assertThatThrownBy(() -> YamlSettings.read(file))
                    .as(text)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("mayfly.yaml");
        }
    }

    @Test
    void aliases_cannot_blow_it_up() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("a" + i + ": &a" + i + " [*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
        }
        Path file = file(bomb.toString());
        assertThatThrownBy(() -> YamlSettings.read(file)).isInstanceOf(ConfigException.class);
    }

    @Test
    void a_file_that_is_too_large_or_not_there_is_a_problem_and_not_a_crash() throws IOException {
        Path large = file("# " + "x".repeat(1 << 20));
        assertThatThrownBy(() -> YamlSettings.read(large)).hasMessageContaining("more than");
        assertThatThrownBy(() -> YamlSettings.read(folder.resolve("none.yaml"))).hasMessageContaining("cannot be read");
    }
}
