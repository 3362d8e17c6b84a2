package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationDocumentTest {
    private static final Path FILE = Path.of(System.getProperty("mayfly.repository"), "docs", "configuration.md");

    private static final String HEAD = """
            # Configuration

            A setting is taken from the first of these places that has it: a flag of the command, the environment, the
            file `mayfly.yaml` in the home folder (another with `--config` or `MAYFLY_CONFIG`), the default. Nested keys
            of the file may be written with dots. Everything that is wrong is told at once, with its place.

            """;

    private static final String LAUNCHER = """

            These variables are read before there is a configuration:

            | environment | meaning |
            |---|---|
            | `MAYFLY_HOME` | where state lives, `~/.mayfly` when not set; `--home` wins over it |
            | `MAYFLY_CONFIG` | the configuration file |
            | `JAVA_HOME` | the JDK to start with, when it is new enough |
            | `MAYFLY_JAVA_OPTS` | further options for the JVM |
            | `MAYFLY_SERVICE` | `off`: do not ask a running service, answer in the own process |
            | `MAYFLY_LAUNCHER` | the sandbox launcher, when the program was built without one |
            | `MAYFLY_NO_BUILD` | anything: start what is built, even when the sources are newer |
            | `MAYFLY_TRACE` | anything: an unexpected error shows where it happened |

            """;

    private static final String ALIASES = """
            ## Old names

            Variables of the systems that `mayfly exec` and `mayfly env` replace still work; a new name wins over an old one.

            """;

    private static final String SPFS = """

            Of `/etc/spfs.toml`, and of `~/.config/spfs/spfs.toml` which is stronger, these are read; `mayfly.yaml` wins over
            both. Their other keys are for SPFS alone.

            | section and key of `spfs.toml` | now |
            |---|---|
            | `storage.root` | `env.repository` |
            | `storage.tag_namespace` | `env.tag-namespace` |
            | `remote.origin.address` | `env.origin` |
            | `user.name` and `user.domain`, when both are there | `env.user`, with `@` between |
            """;

    @Test
    void every_setting_and_every_old_name_is_documented() throws IOException {
        String expected = HEAD + SettingKeys.ALL.table() + LAUNCHER + ALIASES + SettingKeys.ALL.aliasTable() + SPFS;
        if ("write".equals(System.getProperty("mayfly.golden"))) {
            Files.writeString(FILE, expected);
        }
        assertThat(FILE)
                .as("generated: run the tests with -Dmayfly.golden=write to write it anew")
                .hasContent(expected);
    }
}
