package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environments that are mounted for all processes, and repositories that change their form. */
class EnvMountIT {
    @TempDir
    Path temp;

    private EnvHome home;
    private Path point;

    @BeforeEach
    void folders() throws IOException {
        home = EnvHome.in(temp);
        point = Files.createDirectory(temp.resolve("point"));
    }

    @AfterEach
    void nothing_is_left() throws IOException {
        home.env("unmount", "--lazy", point.toString());
        home.env("runtime", "prune");
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(temp.toString());
    }

    @Test
    void an_environment_stays_mounted_until_it_is_unmounted() throws IOException {
        Needs.root();
        home.base();
        home.done("mount", "tools/base", point.toString());
        assertThat(point.resolve("bin/link")).hasContent("hello\n");
        assertThat(home.done("mount")).contains(point.toString(), "tools/base", "mounted");
        home.refused(4, "MF-4004", "mount", "tools/base", point.toString());

        home.done("untag", "--all", "tools/base");
        home.done("clean");
        home.done("runtime", "prune");
        assertThat(point.resolve("bin/greeting")).hasContent("hello\n");

        home.done("unmount", point.toString());
        assertThat(point).isEmptyDirectory();
        home.refused(69, "MF-4003", "unmount", point.toString());
    }

    @Test
    void a_mount_that_somebody_took_away_by_hand_is_forgotten_by_prune() {
        Needs.root();
        home.base();
        home.done("mount", "tools/base", point.toString());
        assertThat(Program.of("umount", point.toString()).run().exitCode()).isZero();
        assertThat(home.done("mount")).contains("gone");
        assertThat(home.done("runtime", "prune")).contains("mounts forgotten: 1");
        assertThat(home.done("mount", "--json").strip()).isEqualTo("[]");
    }

    @Test
    void what_cannot_be_mounted_says_why() {
        home.base();
        assertThat(home.refused(69, "MF-7206", "mount", "tools/base", point + "/none")
                        .err())
                .contains("fix: mkdir -p " + point + "/none");
        home.refused(64, "MF-1001", "mount", "tools/base");
    }

    @Test
    void a_repository_is_copied_to_another_form_with_histories() throws IOException {
        home.base();
        Files.writeString(home.tools().resolve("bin/second"), "second\n");
        home.done("commit", "layer", "--path", home.tools().toString(), "--tag", "tools/base");
        Path repository = home.home().resolve("env/repository");
        Path spfs = temp.resolve("spfs");
        home.done("migrate", "--spfs", repository.toString(), spfs.toString());
        assertThat(spfs.resolve("VERSION")).hasContent("0.44.0");
        Path back = temp.resolve("back");
        assertThat(home.done("migrate", spfs.toString(), back.toString())).contains("form: packs", "tags: 2");
        assertThat(home.done("migrate", "--json", spfs.toString(), back.toString()))
                .contains("\"payloads\": 0");
        for (Path each : new Path[] {spfs, back}) {
            assertThat(home.program("log", "tools/base")
                            .with("MAYFLY_ENV_REPOSITORY", each.toString())
                            .run()
                            .out())
                    .contains("tools/base~0", "tools/base~1");
            assertThat(home.program("check", "--deep", "--json")
                            .with("MAYFLY_ENV_REPOSITORY", each.toString())
                            .run()
                            .out())
                    .contains("\"whole\": true");
        }
        home.refused(64, "MF-1001", "migrate", spfs.toString(), spfs.toString());
    }
}
