package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tools in an environment: what `samples/env/toolchain` commits compiles C and Java, and nothing of the machine does. */
class EnvToolchainIT {
    private static final String TOOLCHAIN =
            Program.DISTRIBUTION.resolve("samples/env/toolchain").toString();

    @TempDir
    Path temp;

    private EnvHome home;

    @BeforeEach
    void folders() throws IOException {
        home = EnvHome.in(temp);
    }

    /** Views stay mounted for the next command. */
    @AfterEach
    void prune() {
        home.env("runtime", "prune");
    }

    @Test
    void a_compiler_and_a_jdk_are_committed_as_layers_and_build_programs_from_there() throws IOException {
        Needs.root();
        Needs.command("dpkg-query");
        Needs.that(
                Program.of("dpkg-query", "-W", "gcc", "libc6-dev").run().exitCode() == 0,
                "toolchain",
                "gcc and libc6-dev are not installed as Debian packages");
        home.done("init");
        Ended committed = Program.of(TOOLCHAIN, Program.SCRIPT.toString(), "cc", "jdk")
                .with("MAYFLY_HOME", home.home().toString())
                .with("TMPDIR", temp.toString())
                .run();
        assertThat(committed.exitCode()).as(committed.err()).isZero();
        assertThat(home.done("tags", "--short")).contains("toolchain/cc", "toolchain/jdk");

        Path work = Files.createDirectory(temp.resolve("work"));
        Files.writeString(
                work.resolve("hello.c"), "#include <stdio.h>\nint main(void) { return puts(\"from C\") < 0; }\n");
        Files.writeString(work.resolve("Hello.java"), """
                public class Hello {
                    public static void main(String[] words) {
                        System.out.println("from Java in " + System.getProperty("java.home"));
                    }
                }
                """);
        Ended built = home.program(
                        "run",
                        "toolchain/cc+toolchain/jdk",
                        "--",
                        "sh",
                        "-ec",
                        "cc -H -O2 -o dynamic hello.c 2>headers; cc -static -o static hello.c; ./dynamic; ./static;"
                                + " javac Hello.java; java -cp . Hello; for each in cc javac java; do command -v $each; done;"
                                + " cc -print-prog-name=cc1; cc -print-prog-name=as; cc -print-prog-name=ld")
                .in(work)
                .without("JAVA_HOME")
                .run();

        assertThat(built.exitCode()).as(built.err()).isZero();
        List<String> said = built.out().lines().toList();
        assertThat(said.subList(0, 3))
                .containsExactly("from C", "from C", "from Java in " + home.at().resolve("opt/jdk"));
        assertThat(said.subList(3, said.size())).hasSize(6).allMatch(line -> line.startsWith(home.at() + "/"));
        assertThat(Files.readAllLines(work.resolve("headers")))
                .filteredOn(line -> line.startsWith("."))
                .isNotEmpty()
                .allMatch(line -> line.substring(line.indexOf(' ') + 1)
                        .startsWith(home.at().toString()));
        // What was made needs nothing of the environment.
        assertThat(Program.of(work.resolve("dynamic").toString()).run().out()).isEqualTo("from C\n");
        assertThat(home.at()).isEmptyDirectory();
    }
}
