package dev.mayfly.e2e;

import static dev.mayfly.e2e.EnvHome.MAYFLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environments that are shown as copies of their files. */
class EnvRenderIT {
    @TempDir
    Path temp;

    private EnvHome home;

    @BeforeEach
    void folders() throws IOException {
        home = EnvHome.in(temp);
    }

    @Test
    void a_copy_is_shown_and_edited_like_anything_else_and_removed_when_it_was_not_used_for_long() throws IOException {
        Needs.root();
        home.base();
        String told = home.program(
                        "run",
                        "--edit",
                        "tools/base",
                        "--",
                        "sh",
                        "-ec",
                        "cd " + home.at() + "; rm bin/link; echo new > new; " + MAYFLY + "diff; " + MAYFLY
                                + "commit layer --tag tools/more")
                .with("MAYFLY_ENV_FRONT_END", "render")
                .run()
                .out();
        assertThat(told).containsSubsequence("removed  /bin/link", "added    /new");
        Path renders = home.home().resolve("env/renders");
        home.done("runtime", "prune");
        try (Stream<Path> copies = Files.list(renders)) {
            Path copy = copies.findFirst().orElseThrow();
            assertThat(copy.resolve("bin/link")).hasContent("hello\n");
            Files.setLastModifiedTime(copy, FileTime.from(Instant.now().minusSeconds(200_000)));
        }
        assertThat(home.done("runtime", "prune")).contains("renders removed: 1");
        assertThat(renders).isEmptyDirectory();
    }

    @Test
    void a_front_end_that_is_not_known_is_refused() {
        home.base();
        home.refused(64, "MF-1001", "run", "--front-end", "none", "tools/base", "--", "true");
    }

    @Test
    void a_user_who_is_not_root_gets_a_copy_and_can_change_it() {
        Needs.root();
        assertThat(Program.of("chmod", "755", temp.toString()).run().exitCode()).isZero();
        assertThat(Program.of("chown", "-R", "65534:65534", home.home().toString())
                        .run()
                        .exitCode())
                .isZero();
        nobody("init");
        nobody("commit", "layer", "--path", home.tools().toString(), "--tag", "tools/base");
        Ended ended = nobody(
                "run",
                "--edit",
                "tools/base",
                "--",
                "sh",
                "-ec",
                "cd " + home.at() + "; id -u; echo new >> bin/greeting; " + MAYFLY + "commit layer --tag tools/more");
        assertThat(ended.out()).startsWith("65534\n");
        assertThat(ended.err()).contains("shown as a copy of its files, because");
        assertThat(nobody("read", "tools/more", "bin/greeting").out()).isEqualTo("hello\nnew\n");
    }

    private Ended nobody(String... words) {
        String[] all = new String[words.length + 6];
        String[] before = {
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Program.SCRIPT.toString(), "env"
        };
        System.arraycopy(before, 0, all, 0, before.length);
        System.arraycopy(words, 0, all, before.length, words.length);
        Ended ended = Program.of(all)
                .with("MAYFLY_HOME", home.home().toString())
                .with("HOME", home.home().toString())
                .with("MAYFLY_ENV_AT", home.at().toString())
                .run();
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended;
    }
}
