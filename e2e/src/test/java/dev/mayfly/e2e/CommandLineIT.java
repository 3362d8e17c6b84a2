package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineIT {
    @TempDir
    Path home;

    @Test
    void the_version_is_one_line_on_stdout_and_nothing_else() {
        Ended ended = Program.mayfly(home, "--version").run();

        assertThat(ended.out()).matches("mayfly \\d+\\.\\d+\\.\\d+\n");
        assertThat(ended.err()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void help_names_every_command_and_gives_examples() {
        Ended ended = Program.mayfly(home, "--help").run();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("  exec ", "  job ", "  doctor ", "  up ", "  status ", "  bench ", "examples:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env",
                "env run",
                "env commit layer",
                "env clean",
                "mesh",
                "mesh ping",
                "mesh eval",
                "exec",
                "job",
                "job ls",
                "job show",
                "doctor",
                "up",
                "status",
                "bench"
            })
    void every_command_explains_itself_with_examples_and_exit_codes(String words) {
        Ended ended = Program.mayfly(home, (words + " --help").split(" ")).run();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("usage: mayfly " + words, "examples:\n  ", "exit codes:");
        assertThat(ended.out().lines()).allMatch(line -> line.length() <= 120);
        assertThat(Program.mayfly(home, ("help " + words).split(" ")).run().out())
                .isEqualTo(ended.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                            | no command given
                    exce                          | there is no command 'exce'
                    --verbose                     | unknown option --verbose
                    exec                          | exec needs a request
                    exec --fil x                  | Unknown option
                    exec -f x --timeout soon      | --timeout does not understand 'soon'
                    exec -f x --timeout 61        | --timeout does not understand '61'
                    exec -f x --backend docker    | there is no backend 'docker'
                    exec -f x --strict --allow-degraded | contradict each other
                    exec -f x --seed -1           | --seed does not understand '-1'
                    job                           | what about the jobs?
                    job rm                        | Unmatched argument
                    env                           | what about env?
                    env run tools                 | which command?
                    env untag --all               | Missing required parameter
                    job show                      | Missing required parameter
                    job ls --limit 0              | --limit does not understand '0'
                    up --slots many               | --slots does not understand 'many'
                    """)
    void a_wrong_command_line_is_told_in_the_one_shape_and_ends_with_64(String words, String expected) {
        Ended ended = Program.mayfly(home, words.isEmpty() ? new String[0] : words.split(" "))
                .run();

        assertThat(ended.out()).isEmpty();
        assertThat(ended.errorLines().getFirst()).startsWith("error MF-1001: ").contains(expected);
        assertThat(ended.err()).contains("\nfix: ");
        assertThat(ended.exitCode()).isEqualTo(64);
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void a_misspelt_command_is_told_what_was_probably_meant() {
        assertThat(Program.mayfly(home, "docter").run().err()).contains("did you mean: mayfly doctor?");
    }

    @Test
    void a_request_file_that_is_not_there_is_named_and_ends_with_69() {
        Ended ended = Program.mayfly(home, "exec", "-f", "nowhere.json").run();

        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).startsWith("error MF-1003: cannot read nowhere.json\nwhy: there is no such file");
        assertThat(ended.exitCode()).isEqualTo(69);
    }

    /** Made by a shell, so that it does not depend on the locale of the tests. */
    private static final String UMLAUTS = "name=$(printf 'h\\303\\266m\\303\\251'); ";

    @ParameterizedTest
    @ValueSource(strings = {"C", "en_US.UTF-8", "de_DE.ISO-8859-1", "no_such_locale"})
    void names_that_are_not_ascii_work_in_every_locale(String locale) {
        Ended ended = Program.of(
                        "/bin/sh",
                        "-c",
                        UMLAUTS + "mkdir $name && echo '{\"cmd\": 1}' > $name/$name.json && exec " + Program.SCRIPT
                                + " exec -f $name/$name.json --home $name")
                .in(home)
                .with("LC_ALL", locale)
                .run();

        assertThat(ended.err()).startsWith("error MF-2001: the request does not fit its schema");
    }

    @Test
    void a_path_that_cannot_be_one_is_told_and_no_bug() {
        Ended ended = Program.of(
                        "/bin/sh",
                        "-c",
                        UMLAUTS + "exec \"$JAVA_HOME/bin/java\" -cp '" + Program.DISTRIBUTION.resolve("lib")
                                + "/*' dev.mayfly.cli.Main status --home $name")
                .in(home)
                .with("LC_ALL", "C")
                .run();

        assertThat(ended.err())
                .startsWith("error MF-1001: a path on the command line or in the environment cannot be used: ")
                .contains("fix: write names of files in UTF-8");
        assertThat(ended.exitCode()).isEqualTo(64);
    }

    @Test
    void a_result_that_cannot_be_printed_is_an_error_and_not_a_success() {
        Ended ended = Program.of("/bin/sh", "-c", Program.SCRIPT + " --version > /dev/full")
                .run();

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).startsWith("error MF-1003: ").contains("stdout");
    }

    @Test
    void status_without_a_service_says_how_to_start_one() {
        Ended ended = Program.mayfly(home, "status").run();

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err())
                .startsWith("error MF-5001: no service is running")
                .contains("fix: mayfly up");
    }

    @Test
    void it_starts_through_a_link_from_anywhere(@TempDir Path elsewhere) throws IOException {
        Path folder = Files.createDirectory(elsewhere.resolve("with a space"));
        Path link = Files.createSymbolicLink(folder.resolve("farm"), Program.SCRIPT);
        Path second = Files.createSymbolicLink(folder.resolve("again"), Path.of("farm"));

        assertThat(Program.of(link.toString(), "--version").in(folder).run().out())
                .startsWith("mayfly ");
        assertThat(Program.of("./again", "--version").in(folder).run().out()).startsWith("mayfly ");
        assertThat(Program.of("sh", second.toString(), "--version")
                        .in(folder)
                        .run()
                        .out())
                .startsWith("mayfly ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/nonexistent", "/usr"})
    void it_finds_its_jdk_when_JAVA_HOME_is_of_no_use(String javaHome) {
        Ended ended =
                Program.mayfly(home, "--version").with("JAVA_HOME", javaHome).run();

        assertThat(ended.out()).startsWith("mayfly ");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void the_search_for_a_jdk_says_no_when_none_is_new_enough() {
        Path search = Program.DISTRIBUTION.resolve("libexec/find-jdk.sh");
        Ended ended = Program.of("sh", "-c", ". " + search + "; needed=99; find_jdk java || echo none; echo \"$jdk\"")
                .run();

        assertThat(ended.out()).isEqualTo("none\n\n");
    }
}
