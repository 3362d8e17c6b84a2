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

/** What a user does inside of a runtime, and with settings. */
class EnvEditIT {
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
    void changes_are_taken_back_by_pattern_and_then_all_of_them() {
        Needs.root();
        home.base();
        String told = home.edited(
                "echo more >> bin/greeting; rm bin/link; mkdir d; echo x > d/x; echo y > y",
                MAYFLY + "reset " + home.at() + "/bin/greeting 'd/*'",
                "echo ---; cat bin/greeting; ls . d",
                MAYFLY + "reset; echo ---; " + MAYFLY + "diff; find . | sort",
                MAYFLY + "commit layer || echo refused $?");
        assertThat(told).containsSubsequence("changed  /bin/greeting", "added    /d/x", "---", "hello\n", "y\n");
        assertThat(told).contains("removed  /bin/link").doesNotContain("hello\nmore");
        assertThat(told).endsWith("---\nCHANGE  PATH\n.\n./bin\n./bin/greeting\n./bin/link\nrefused 69\n");
    }

    @Test
    void a_runtime_can_be_closed_for_changes_and_opened_again() {
        Needs.root();
        home.base();
        String told = home.edited(
                "echo kept > kept",
                MAYFLY + "edit --off",
                "touch other 2>/dev/null || echo closed",
                MAYFLY + "status",
                MAYFLY + "edit",
                "touch other && echo open");
        assertThat(told)
                .containsSubsequence("is read-only", "closed", "editable: not at the moment", "1 added", "open");
    }

    @Test
    void a_runtime_that_was_started_read_only_says_how_to_get_one_that_is_not() {
        Needs.root();
        home.base();
        for (String command : new String[] {"edit", "reset", "commit layer"}) {
            var refused = home.env("run", "tools/base", "--", "sh", "-c", MAYFLY + command);
            assertThat(refused.exitCode()).isEqualTo(69);
            assertThat(refused.err()).contains("MF-7102").contains("fix: start another one: mayfly env edit ");
        }
        assertThat(home.refused(69, "MF-7103", "reset").err()).contains("mayfly env shell --edit");
        assertThat(home.program("edit", "tools/base")
                        .with("SHELL", "/bin/true")
                        .run()
                        .exitCode())
                .isZero();
    }

    @Test
    void status_says_where_one_is() {
        Needs.root();
        home.base();
        assertThat(home.done("status")).contains("runtime: none", "repository: " + home.home());
        assertThat(home.edited("rm bin/link; " + MAYFLY + "status; " + MAYFLY + "status --json"))
                .contains("(tools/base)", "changes: 0 added, 0 changed, 1 removed", "used, in memory")
                .contains("\"removed\": 1", "\"writable\": true");
    }

    @Test
    void a_path_says_which_layer_it_comes_from() throws IOException {
        Needs.root();
        home.base();
        Files.writeString(Files.createDirectories(temp.resolve("more/bin")).resolve("greeting"), "other\n");
        home.done("commit", "layer", "--path", temp.resolve("more").toString(), "--tag", "tools/more");
        String told = home.done(
                "run",
                "tools/base+tools/more",
                "--",
                "sh",
                "-c",
                MAYFLY + "info " + home.at() + "/bin/greeting " + home.at() + "/bin/link; " + MAYFLY + "info "
                        + home.at() + "/none || echo none $?");
        assertThat(told)
                .containsSubsequence("bin/greeting", "tags: tools/more", "bin/link", "tags: tools/base", "none 69");
    }

    @Test
    void a_platform_of_a_runtime_has_its_stack_and_what_was_changed() {
        Needs.root();
        home.base();
        home.edited("echo new > new", MAYFLY + "commit platform --tag suite/one");
        assertThat(home.done("ls", "--recursive", "suite/one")).contains("bin/greeting", "new");
        assertThat(home.done("info", "--json", "suite/one")).contains("\"kind\": \"platform\"");
    }

    @Test
    void settings_are_shown_with_their_place_and_written_down() throws IOException {
        assertThat(home.done("config", "env.at")).isEqualTo(home.at() + "\n");
        Files.writeString(home.home().resolve("mayfly.yaml"), "# mine\nenv:\n  user: me@here\nlog.level: warn\n");
        home.done("config", "origin", "/srv/it's");
        home.done("config", "env.user", "you@there");
        home.done("config", "env.token", "secret");
        assertThat(home.home().resolve("mayfly.yaml"))
                .hasContent("# mine\nenv:\n  user: 'you@there'\nlog.level: warn\nenv.origin: '/srv/it''s'\n"
                        + "env.token: 'secret'\n");
        assertThat(home.done("config"))
                .contains("/srv/it's", "mayfly.yaml:5", "you@there", "MAYFLY_ENV_AT", "(secret)")
                .doesNotContain("'secret'");
        home.done("config", "--unset", "env.origin");
        assertThat(home.done("config", "--json", "env.origin")).contains("not set");
        assertThat(home.refused(64, "MF-1001", "config", "orign").err()).contains("did you mean env.origin?");
    }

    @Test
    void a_repository_that_is_there_already_is_left_as_it_is() {
        home.base();
        assertThat(home.done("init")).startsWith("there already: ");
        assertThat(home.done("tags")).contains("tools/base");
        home.refused(
                69,
                "MF-7005",
                "init",
                "--spfs",
                home.home().resolve("env/repository").toString());
    }
}
