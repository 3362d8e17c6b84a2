package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.config.Setting;
import dev.mayfly.base.program.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpfsSettingsTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void sections_are_read_under_our_keys_and_those_of_the_user_win() throws IOException {
        Path machine = file("machine.toml", """
                # of the studio
                [storage]
                root = "/srv/spfs"   # here
                allow_payload_sharing_between_users = true
                [remote.origin]
                address = 'host:7737'
                [user]
                name = "who"
                domain = "studio"
                """);
        Path user =
                file("user.toml", "[storage]\nroot = '/home/spfs'\ntag_namespace = \"mine\"\n[user]\nname = 'me'\n");
        List<Setting> settings = SpfsSettings.read(List.of(machine, user));
        assertThat(settings)
                .contains(
                        Setting.of("env.repository", "/home/spfs", user + ":2"),
                        Setting.of("env.tag-namespace", "mine", user + ":3"),
                        Setting.of("env.origin", "host:7737", machine + ":6"))
                .filteredOn(each -> each.key().equals("env.user"))
                .singleElement()
                .extracting(Setting::values)
                .isEqualTo(List.of("me@studio"));
    }

    @Test
    void what_is_not_understood_is_passed_over() throws IOException {
        Path odd =
                file("odd.toml", "root = \"/top\"\n[storage\nroot = [\"/list\"]\n[storage]\nroot = \"a\\\"b\"\n\0\n");
        assertThat(SpfsSettings.read(List.of(odd, folder.resolve("none"), folder)))
                .isEmpty();
    }

    @Test
    void our_own_file_wins() throws IOException {
        file(".config/spfs/spfs.toml", "[storage]\nroot = '/spfs-root'\n[remote.origin]\naddress = '/origin'\n");
        file("home/mayfly.yaml", "env.repository: /ours\n");
        Settings settings = Settings.of(
                new Surroundings(folder.resolve("home"), Map.of(), Map.of("HOME", folder.toString())),
                Settings.Role.ONE_CALL);
        assertThat(settings.config().get(SettingKeys.ENV_REPOSITORY)).isEqualTo(Path.of("/ours"));
        assertThat(settings.config().get(SettingKeys.ENV_ORIGIN)).isEqualTo("/origin");
        assertThat(settings.config().origin(SettingKeys.ENV_ORIGIN)).endsWith("spfs.toml:4");
    }
}
