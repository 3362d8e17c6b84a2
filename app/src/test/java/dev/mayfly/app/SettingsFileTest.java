package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir
    Path folder;

    private Path file;
    private SettingsFile settings;

    @BeforeEach
    void file() {
        file = folder.resolve("home/mayfly.yaml");
        settings = new SettingsFile(file);
    }

    private void holds(String text) throws IOException {
        Files.createDirectories(folder.resolve("home"));
        Files.writeString(file, text);
    }

    @Test
    void a_value_is_added_changed_and_taken_out_and_all_else_stays() throws IOException {
        settings.set(SettingKeys.ENV_ORIGIN, Optional.of("/a: #b"));
        assertThat(file).hasContent("env.origin: '/a: #b'\n");
        holds("# kept\nslots: 2\nenv:\n  origin: x # gone with its value\n  user: me");
        settings.set(SettingKeys.ENV_ORIGIN, Optional.of("y"));
        settings.set(SettingKeys.ENV_AT, Optional.of("/at"));
        settings.set(SettingKeys.ENV_USER, Optional.empty());
        settings.set(SettingKeys.ENV_TOKEN, Optional.empty());
        assertThat(file).hasContent("# kept\nslots: 2\nenv:\n  origin: 'y'\nenv.at: '/at'\n");
    }

    @Test
    void what_cannot_be_changed_by_one_line_stays_as_it_is() throws IOException {
        for (String text : new String[] {
            "{env.origin: x}\n",
            "env.origin: >\n  folded\n  text\n",
            "env: {origin: x, user: me}\n",
            "env:\n  origin: x\n"
        }) {
            holds(text);
            assertThatThrownBy(() -> settings.set(
                            SettingKeys.ENV_ORIGIN, text.startsWith("env:\n") ? Optional.empty() : Optional.of("y")))
                    .isInstanceOf(MayflyException.class)
                    .hasMessageContaining("MF-1002");
            assertThat(file).hasContent(text);
        }
    }

    @Test
    void a_value_that_the_setting_cannot_have_is_refused() throws IOException {
        holds("log.level: warn\n");
        assertThatThrownBy(() -> settings.set(SettingKeys.LOG_LEVEL, Optional.of("loud")))
                .isInstanceOf(ConfigException.class);
        assertThat(file).hasContent("log.level: warn\n");
    }

    @Test
    void a_file_with_a_secret_is_for_its_owner_only_and_others_keep_their_permissions() throws IOException {
        holds("log.level: warn\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        settings.set(SettingKeys.ENV_AT, Optional.of("/at"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        settings.set(SettingKeys.ENV_TOKEN, Optional.of("secret"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.resolve("home")).isDirectoryContaining("glob:**mayfly.yaml");
        try (var files = Files.list(folder.resolve("home"))) {
            assertThat(files).hasSize(1);
        }
    }
}
