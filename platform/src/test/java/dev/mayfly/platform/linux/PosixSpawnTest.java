package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.PosixSpawn.Opened;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixSpawnTest {
    private static final Path NULL = Path.of("/dev/null");

    @TempDir
    Path folder;

    @BeforeEach
    void needsLinux() {
        Needs.linux();
    }

    private int shell(String script, Path out) {
        List<Opened> files = List.of(
                new Opened(0, NULL, OpenFlag.RDONLY),
                new Opened(1, out, OpenFlag.WRONLY | OpenFlag.CREAT),
                new Opened(2, NULL, OpenFlag.WRONLY));
        return PosixSpawn.await(PosixSpawn.start(List.of("/bin/sh", "-c", script), List.of("WORD=here"), files));
    }

    @Test
    void exit_codes_and_signals_come_back_as_a_shell_counts_them() {
        assertThat(shell("exit 0", NULL)).isZero();
        assertThat(shell("exit 42", NULL)).isEqualTo(42);
        assertThat(shell("kill -KILL $$", NULL)).isEqualTo(137);
    }

    @Test
    void the_child_has_exactly_the_environment_and_the_files_it_was_given() throws Exception {
        Path out = folder.resolve("out");
        Path more = Files.writeString(folder.resolve("more"), "from descriptor 3\n");
        List<Opened> files = List.of(
                new Opened(0, NULL, OpenFlag.RDONLY),
                new Opened(1, out, OpenFlag.WRONLY | OpenFlag.CREAT),
                new Opened(2, NULL, OpenFlag.WRONLY),
                new Opened(3, more, OpenFlag.RDONLY));
        int pid = PosixSpawn.start(
                List.of("/bin/sh", "-c", "echo $WORD; cat <&3; readlink /proc/self/fd/4 || echo no fourth"),
                List.of("WORD=here", "PATH=/usr/bin:/bin"),
                files);

        assertThat(PosixSpawn.await(pid)).isZero();
        assertThat(Files.readString(out)).isEqualTo("here\nfrom descriptor 3\nno fourth\n");
    }

    @Test
    void a_program_that_is_not_there_and_a_child_of_nobody_are_errors_with_a_reason() {
        assertThatThrownBy(() -> PosixSpawn.start(List.of("/no/such/program"), List.of(), List.of()))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> PosixSpawn.await(1))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("waitpid 1");
    }
}
