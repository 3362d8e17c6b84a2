package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.ChangingTree;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that do not come to their end. */
class EnvCommitIT {
    private static final long MB = 1 << 20;

    @TempDir
    Path temp;

    private EnvHome home;

    @BeforeEach
    void folders() throws IOException {
        home = EnvHome.in(temp);
    }

    /** It takes no room here, but as much as this in a repository. */
    private void largeFile(long bytes) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(home.tools().resolve("large").toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    @Test
    void one_that_is_interrupted_leaves_nothing_and_says_so() throws Exception {
        home.done("init");
        largeFile(16 * 1024 * MB);
        Path repository = home.home().resolve("env/repository");
        Process commit = home.program("commit", "layer", "--path", home.tools().toString(), "--tag", "large")
                .start();
        try {
            for (int i = 0; i < 1200 && ChangingTree.bytes(repository.resolve("mayfly/ingests")) < MB; i++) {
                Thread.sleep(50);
            }
            commit.toHandle().destroy(); // the streams stay
            assertThat(commit.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(commit.exitValue()).isEqualTo(128 + 15);
            assertThat(new String(commit.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("interrupted: nothing was committed");
        } finally {
            commit.destroyForcibly();
        }
        assertThat(ChangingTree.bytes(repository.resolve("mayfly/ingests"))).isZero();
        assertThat(ChangingTree.bytes(repository.resolve("packs"))).isZero();
        assertThat(home.done("tags", "--json").strip()).isEqualTo("[]");
        Files.delete(home.tools().resolve("large"));
        home.done("commit", "layer", "--path", home.tools().toString(), "--tag", "small");
        assertThat(home.done("check", "--deep")).contains("whole: true");
    }

    @Test
    void one_that_does_not_fit_says_how_much_is_needed_and_leaves_the_room_as_it_was() throws IOException {
        Needs.root();
        Path small = Files.createDirectory(temp.resolve("small"));
        assertThat(Program.of("mount", "-t", "tmpfs", "-o", "size=24m", "none", small.toString())
                        .run()
                        .exitCode())
                .isZero();
        try {
            String repository = small.resolve("repository").toString();
            home.done("init", repository);
            largeFile(80 * MB);
            Ended full = home.program("commit", "layer", "--path", home.tools().toString(), "--tag", "large")
                    .with("MAYFLY_ENV_REPOSITORY", repository)
                    .run();
            assertThat(full.err())
                    .contains("MF-7011", "80.0 MB", "less what the repository has already", "free are 2", "env clean");
            Files.delete(home.tools().resolve("large"));
            Ended next = home.program("commit", "layer", "--path", home.tools().toString(), "--tag", "small")
                    .with("MAYFLY_ENV_REPOSITORY", repository)
                    .run();
            assertThat(next.exitCode()).as(next.err()).isZero();
            assertThat(home.program("tags", "--short")
                            .with("MAYFLY_ENV_REPOSITORY", repository)
                            .run()
                            .out())
                    .isEqualTo("TAG\nsmall\n");
        } finally {
            Program.of("umount", small.toString()).run();
        }
    }

    @Test
    void who_asks_for_json_or_quiet_hears_nothing_of_how_it_goes() {
        home.base();
        for (String option : new String[] {"--json", "--quiet"}) {
            assertThat(home.env("commit", "layer", "--path", home.tools().toString(), option)
                            .err())
                    .isEmpty();
            assertThat(home.env("check", "--deep", option).err()).isEmpty();
        }
    }
}
