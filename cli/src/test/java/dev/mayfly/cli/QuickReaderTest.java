package dev.mayfly.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class QuickReaderTest {
    private static final Command EXEC = new ExecVerb().command();
    private static final Command JOB = new JobVerb().command();
    private static final Command MANY = Command.named("mayfly many", "Takes an option several times.")
            .with(Command.Option.values("--seed", "N", "numbers"), Command.Option.flag("--strict", "a flag"))
            .withArguments("X", "words", 0, 3);

    @Test
    void a_plain_line_is_read() {
        assertThat(QuickReader.read(EXEC, List.of("-f", "x.json", "--timeout=5", "--strict")))
                .contains(new Words(EXEC, Map.of("--file", "x.json", "--timeout", "5", "--strict", "true"), List.of()));
        assertThat(QuickReader.read(EXEC, List.of("--file", "-")).flatMap(words -> words.text("--file")))
                .contains("-");
    }

    @Test
    void a_sub_command_is_read_with_its_argument() {
        Words words = QuickReader.read(JOB, List.of("show", "r_1")).orElseThrow();

        assertThat(words.command().path()).isEqualTo("mayfly job show");
        assertThat(words.arguments()).containsExactly("r_1");
    }

    @Test
    void an_option_that_may_be_given_several_times_keeps_all_its_values() {
        List<String> line = List.of("--seed", "1", "x", "--seed=2");
        Words words = QuickReader.read(MANY, line).orElseThrow();

        assertThat(words.text("--seed")).contains("1" + Command.Option.JOINT + "2");
        assertThat(Picocli.read(MANY, line)).isEqualTo(new Picocli.Reading.Understood(words));
    }

    @Test
    void help_mistakes_and_rare_spellings_are_left_to_picocli() {
        for (List<String> words : List.of(
                List.of("--help"),
                List.of("-f"),
                List.of("-f", "a", "-f", "b"),
                List.of("-f", "a", "b"),
                List.of("-fa"),
                List.of("--fil", "a"),
                List.of("--strict=false"),
                List.of("-f", "--strict"),
                List.of("--file="))) {
            assertThat(QuickReader.read(EXEC, words)).as("%s", words).isEmpty();
        }
        assertThat(QuickReader.read(JOB, List.of())).isEmpty();
        assertThat(QuickReader.read(JOB, List.of("show"))).isEmpty();
        assertThat(QuickReader.read(JOB, List.of("--home", "x", "ls"))).isEmpty();
    }

    @Property(tries = 3000)
    void what_it_reads_picocli_reads_alike(@ForAll("lines") List<String> line) {
        for (Command command : List.of(
                EXEC, JOB, MANY, new UpVerb().command(), new StatusVerb().command(), new BenchVerb().command())) {
            Optional<Words> quick = QuickReader.read(command, line);
            if (quick.isPresent()) {
                assertThat(Picocli.read(command, line))
                        .as("%s", line)
                        .isEqualTo(new Picocli.Reading.Understood(quick.get()));
            }
        }
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> known = Arbitraries.of(
                "-f",
                "--file",
                "--policy",
                "--seed",
                "--out",
                "--strict",
                "--json",
                "--home",
                "--limit",
                "--slots",
                "ls",
                "show",
                "--help",
                "--timeout=5",
                "--home=/h",
                "--verdict",
                "-",
                "--",
                "x.json",
                "",
                "'a'");
        Arbitrary<String> any = Arbitraries.strings().withChars("a-=@\"' \\f").ofMaxLength(6);
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, known), net.jqwik.api.Tuple.of(1, any))
                .list()
                .ofMaxSize(6);
    }

    @Test
    void picocli_understands_what_the_quick_reader_leaves_to_it() {
        assertThat(Picocli.read(EXEC, List.of("-fa.json")))
                .isEqualTo(new Picocli.Reading.Understood(new Words(EXEC, Map.of("--file", "a.json"), List.of())));
        assertThat(Picocli.read(new BenchVerb().command(), List.of("exec", "--runs", "5", "-x")))
                .isInstanceOfSatisfying(
                        Picocli.Reading.Understood.class,
                        understood -> assertThat(understood.words().arguments())
                                .containsExactly("exec", "--runs", "5", "-x"));
    }

    @Test
    void picocli_tells_what_is_wrong() {
        assertThatThrownBy(() -> Picocli.read(EXEC, List.of("--fil", "x")))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("'--fil'");
        assertThatThrownBy(() -> Picocli.read(JOB, List.of("show")))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.fix()).isEqualTo("see: mayfly job show --help"));
    }
}
