package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environments as a user meets them, from an empty home on. */
class EnvIT {
    @TempDir
    Path temp;

    private Path home;
    private Path tools;
    private Path at;

    @BeforeEach
    void folders() throws IOException {
        home = Files.createDirectory(temp.resolve("home"));
        tools = Files.createDirectories(temp.resolve("tools/bin")).getParent();
        at = Files.createDirectory(temp.resolve("at"));
        Files.writeString(tools.resolve("bin/greeting"), "hello\n");
        Files.createSymbolicLink(tools.resolve("bin/link"), Path.of("greeting"));
    }

    /** Views stay mounted for the next command. */
    @AfterEach
    void prune() {
        env("runtime", "prune");
    }

    private Ended env(String... words) {
        return program(words).run();
    }

    private Program program(String... words) {
        List<String> all = new ArrayList<>(List.of("env"));
        all.addAll(List.of(words));
        return Program.mayfly(home, all.toArray(String[]::new)).with("MAYFLY_ENV_AT", at.toString());
    }

    private String done(String... words) {
        Ended ended = env(words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    private void base() {
        done("init");
        done("commit", "layer", "--path", tools.toString(), "--tag", "tools/base");
    }

    @Test
    void without_a_repository_it_says_how_to_make_one() {
        Ended ended = env("tags");
        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err()).startsWith("error MF-7004: ").contains("fix: ").contains("mayfly env init");
    }

    @Test
    void a_folder_is_committed_found_again_and_read_without_mounting() {
        base();
        assertThat(done("tags", "--short")).contains("tools/base");
        assertThat(done("ls", "--recursive", "tools/base"))
                .contains("bin/greeting")
                .contains("bin/link");
        assertThat(done("read", "tools/base", "bin/greeting")).isEqualTo("hello\n");
        assertThat(done("info", "--json", "tools/base"))
                .contains("\"kind\": \"layer\"")
                .contains("\"files\": 2");
        Ended unknown = env("info", "tools/bass");
        assertThat(unknown.exitCode()).isEqualTo(69);
        assertThat(unknown.err()).contains("MF-7001").contains("tools/base");
    }

    @Test
    void a_command_runs_in_an_environment_with_its_own_exit_code_and_nothing_is_left() throws IOException {
        Needs.root();
        base();
        assertThat(done("run", "tools/base", "--", "cat", at + "/bin/link")).isEqualTo("hello\n");
        assertThat(env("run", "tools/base", "--", "sh", "-c", "exit 7").exitCode())
                .isEqualTo(7);
        Ended refused = env("run", "tools/base", "--", "touch", at + "/x");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("Read-only file system");
        assertThat(at).isEmptyDirectory();
        prune();
        assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(home.toString());
    }

    @Test
    void what_is_changed_in_a_runtime_is_shown_and_committed_as_a_layer() {
        Needs.root();
        base();
        String mayfly = Program.SCRIPT + " env ";
        String script = "set -e; cd " + at + "; echo new > bin/new; rm bin/link; mkdir d; " + mayfly + "diff; " + mayfly
                + "commit layer --tag tools/more";
        Ended edited =
                program("run", "--edit", "tools/base", "--", "sh", "-c", script).run();
        assertThat(edited.exitCode()).as(edited.err()).isZero();
        assertThat(edited.out()).containsSubsequence("removed", "/bin/link", "added", "/bin/new", "added", "/d");
        assertThat(done("run", "tools/base+tools/more", "--", "find", at.toString()))
                .contains("/bin/new\n", "/bin/greeting\n", "/d\n")
                .doesNotContain("link");
        assertThat(done("diff", "--json", "tools/base", "tools/base+tools/more"))
                .contains("/bin/new");
    }

    @Test
    void environments_go_to_other_repositories_and_come_back_by_path_by_tar_and_by_network() throws Exception {
        base();
        String digest = done("read", "tools/base", "bin/greeting");
        Path other = temp.resolve("spfs");
        done("init", "--spfs", other.toString());
        done("push", "--remote", other.toString(), "tools/base");
        assertThat(other.resolve("tags/tools/base.tag")).exists();
        done("export", "--out", temp.resolve("t.tar").toString(), "tools/base");

        home = Files.createDirectory(temp.resolve("second"));
        done("init");
        done("import", temp.resolve("t.tar").toString());
        assertThat(done("read", "tools/base", "bin/greeting")).isEqualTo(digest);
        int port = freePort();
        Process server = program("server", "--listen", "127.0.0.1:" + port).start();
        try {
            byte[] ready = server.getInputStream().readNBytes("mayfly env server is ready".length());
            assertThat(new String(ready, StandardCharsets.UTF_8)).isEqualTo("mayfly env server is ready");
            home = Files.createDirectory(temp.resolve("third"));
            done("init");
            done("pull", "--remote", "127.0.0.1:" + port, "tools/base");
            assertThat(done("check", "--deep", "--json")).contains("\"whole\": true");
            assertThat(done("read", "tools/base", "bin/greeting")).isEqualTo(digest);
        } finally {
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void what_is_committed_from_a_render_is_the_same_layer() {
        base();
        done("render", "tools/base", temp.resolve("out").toString());
        String again = done("commit", "layer", "--path", temp.resolve("out").toString(), "--tag", "tools/again");
        assertThat(done("log", "--json", "tools/base")).contains(again.strip());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
