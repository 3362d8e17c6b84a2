package dev.mayfly.e2e;

import static dev.mayfly.e2e.EnvHome.MAYFLY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Namespaces of tags, and words for other tools. */
class EnvTagsIT {
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
    void a_namespace_has_tags_of_its_own_and_shares_what_they_name() {
        home.base();
        String digest =
                home.done("commit", "layer", "--path", home.tools().toString(), "--tag-namespace=team/a", "--tag=x");
        assertThat(home.home().resolve("env/repository/tags/team#ns/a#ns/x.tag"))
                .exists();
        assertThat(home.done("tags", "--short")).contains("tools/base").doesNotContain("x\n");
        assertThat(home.done("tags", "--short", "--tag-namespace", "team/a")).isEqualTo("TAG\nx\n");
        assertThat(home.program("info", "x")
                        .with("SPFS_STORAGE_TAG_NAMESPACE", "team/a")
                        .run()
                        .out())
                .contains(digest.strip());
        home.refused(69, "MF-7001", "info", "x");
        home.refused(64, "MF-1001", "tags", "--tag-namespace", "../x");
    }

    @Test
    void a_folder_is_pushed_to_in_a_namespace_as_spfs_writes_it() {
        home.base();
        Path other = temp.resolve("other");
        home.done("init", "--spfs", other.toString());
        home.done("push", "--remote", "file://" + other + "?tag_namespace=ours", "tools/base");
        assertThat(other.resolve("tags/ours#ns/tools/base.tag")).exists();
        home.refused(69, "MF-7001", "pull", "--remote", other.toString(), "tools/base");
        home.done("untag", "--all", "tools/base");
        home.done("pull", "--remote", other + "?tag_namespace=ours", "tools/base");
        assertThat(home.done("tags")).contains("tools/base");
    }

    @Test
    void rules_prune_tags_of_all_namespaces_when_told_so() throws IOException {
        home.base();
        for (String text : new String[] {"one", "two"}) {
            Files.writeString(home.tools().resolve("bin/greeting"), text);
            home.done("commit", "layer", "--path", home.tools().toString(), "--tag-namespace", "a", "--tag", "x");
        }
        assertThat(home.done("clean", "--prune-if-more-than", "0")).contains("tags pruned: 0");
        assertThat(home.done("clean", "--prune-if-more-than", "0", "--prune-all-tag-namespaces"))
                .contains("tags pruned: 1");
        assertThat(home.done("log", "--tag-namespace", "a", "x"))
                .contains("x~0")
                .doesNotContain("x~1");
    }

    @Test
    void annotations_go_with_layers_and_are_found_by_their_keys() throws IOException {
        home.done("init");
        Path file =
                Files.writeString(temp.resolve("words.yaml"), "project: zlib\nlong: '" + "x".repeat(20_000) + "'\n");
        home.done(
                "commit",
                "layer",
                "--path",
                home.tools().toString(),
                "--tag",
                "tools/base",
                "--tag",
                "tools/other",
                "--message",
                "why",
                "--annotation",
                "project=mine",
                "--annotation",
                "made=by=hand",
                "--annotation-file",
                file.toString());
        assertThat(home.done("info", "--get", "project", "tools/other")).isEqualTo("mine\n");
        assertThat(home.done("info", "--get", "made", "tools/base")).isEqualTo("by=hand\n");
        assertThat(home.done("info", "--get", "long", "tools/base")).hasSize(20_001);
        assertThat(home.done("info", "--get-all", "tools/base")).contains("message: why", "project: mine");
        assertThat(home.refused(69, "MF-7001", "info", "--get", "none", "tools/base")
                        .err())
                .contains("there are project, long, message, made");
        home.refused(64, "MF-1001", "commit", "layer", "--path", temp.toString(), "--annotation", "none");
    }

    @Test
    void a_runtime_has_annotations_of_its_own() {
        Needs.root();
        home.base();
        assertThat(home.done(
                        "run",
                        "--annotation",
                        "project=mine",
                        "tools/base",
                        "--",
                        "sh",
                        "-c",
                        MAYFLY + "info --get project; " + MAYFLY + "info; ls " + home.at()))
                .startsWith("mine\n")
                .contains("layers: 2", "bin\n");
    }
}
