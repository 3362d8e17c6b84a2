package dev.mayfly.env.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.runtime.Ending.Exited;
import dev.mayfly.env.runtime.RuntimeInfo.State;
import dev.mayfly.env.runtime.Stage.Said;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RuntimesTest {
    @TempDir
    Path folder;

    private Stage stage;
    private Leaks leaks;

    @BeforeEach
    void setTheStage() throws IOException {
        stage = new Stage(folder);
        Files.createDirectories(stage.view.resolve("bin"));
        Files.writeString(stage.view.resolve("bin/word"), "lower\n");
        leaks = Leaks.snapshot(folder.getFileName().toString());
    }

    @AfterEach
    void nothingIsLeft() {
        leaks.assertUnchanged();
    }

    @Test
    void a_command_sees_the_view_and_nobody_else_does() throws Exception {
        Said said =
                stage.run(stage.shell("one", new Editing.None(), "cat $T/bin/word; touch $T/x; echo $SPFS_RUNTIME"));

        assertThat(said.out()).isEqualTo("lower\none\n");
        assertThat(said.err()).contains("Read-only file system");
        assertThat(said.status()).isZero();
        assertThat(stage.target).isEmptyDirectory();
        stage.awaitEnd("one");
    }

    @Test
    void the_status_of_the_command_is_the_status_of_the_run() throws Exception {
        assertThat(stage.run(stage.request("a", new Editing.None(), "/bin/sh", "-c", "exit 7"))
                        .status())
                .isEqualTo(7);
        assertThat(stage.run(stage.request("b", new Editing.None(), "/bin/sh", "-c", "kill -9 $$"))
                        .status())
                .isEqualTo(137);
        Said none = stage.run(stage.request("c", new Editing.None(), "no-such-program"));
        assertThat(none.status()).isEqualTo(127);
        assertThat(none.err()).contains("no-such-program: No such file or directory");
        for (String id : List.of("a", "b", "c")) {
            stage.awaitEnd(id);
        }
    }

    @Test
    void changes_in_memory_are_seen_inside_and_end_with_the_runtime() throws Exception {
        Said said =
                stage.run(stage.shell("edit", Stage.memory(), "echo new >$T/bin/word; rm -r $T/bin; ls -A $T | wc -l"));

        assertThat(said.out()).isEqualTo("0\n");
        assertThat(stage.view.resolve("bin/word")).hasContent("lower\n");
        stage.awaitEnd("edit");
    }

    @Test
    void a_full_memory_is_no_space_for_the_process_and_is_told() throws Exception {
        Said said = stage.run(
                stage.shell("full", new Editing.InMemory(1 << 20, 100), "head -c 3000000 /dev/zero >$T/big; echo $?"));

        assertThat(said.err()).contains("No space left on device");
        assertThat(said.out()).isEqualTo("1\n");
        assertThat(said.ending()).isInstanceOfSatisfying(Exited.class, exited -> {
            assertThat(exited.memory()).hasValueSatisfying(memory -> {
                assertThat(memory.full()).isTrue();
                assertThat(memory.limit()).isEqualTo(1 << 20);
                assertThat(memory.used()).isEqualTo(1 << 20);
            });
        });
        stage.awaitEnd("full");
    }

    @Test
    void the_runtime_lives_on_with_a_daemon_and_ends_with_it() throws Exception {
        Path go = stage.home.resolve("go");
        Said said = stage.run(stage.shell(
                "daemon",
                Stage.memory(),
                "(setsid sh -c 'while [ ! -e " + go + " ]; do sleep 0.02; done; echo done >$0/made; cp $0/made " + go
                        + ".out' $T >/dev/null 2>&1 </dev/null &) ; exit 3"));

        assertThat(said.status()).isEqualTo(3);
        assertThat(stage.runtimes.info(new RuntimeId("daemon")).state()).isEqualTo(State.RUNNING);
        assertThat(stage.runtimes.sweep()).isEmpty();
        Files.createFile(go);
        stage.awaitEnd("daemon");
        assertThat(Path.of(go + ".out")).hasContent("done\n");
    }

    @Test
    void two_runtimes_at_once_do_not_see_each_other() throws Exception {
        Running one = stage.runtimes.run(
                stage.shell("one", Stage.memory(), "echo 1 >$T/mine; read x; cat $T/mine; ls $T"), Streams.piped());
        Running two = stage.runtimes.run(
                stage.shell("two", Stage.memory(), "echo 2 >$T/mine; read x; cat $T/mine; ls $T"), Streams.piped());

        assertThat(stage.runtimes.list())
                .extracting(info -> info.record().id().text())
                .containsExactly("one", "two");
        assertThat(one.keeper().mountNamespace()).isNotEqualTo(two.keeper().mountNamespace());
        assertThat(Stage.finish(one).out()).isEqualTo("1\nbin\nmine\n");
        assertThat(Stage.finish(two).out()).isEqualTo("2\nbin\nmine\n");
        stage.awaitEnd("one");
        stage.awaitEnd("two");
    }

    @Test
    void who_joins_sees_the_same_files_and_keeps_the_runtime() throws Exception {
        Running first = stage.runtimes.run(
                stage.shell("shared", Stage.memory(), "echo in >$T/note; echo up; read x; true"), Streams.piped());
        assertThat(first.process().inputReader().readLine()).isEqualTo("up");
        Running second = stage.runtimes.join(
                new RuntimeId("shared"),
                stage.command("/bin/sh", "-c", "cat " + stage.target + "/note; read x; cat " + stage.target + "/note"),
                Streams.piped());
        assertThat(second.process().inputReader().readLine()).isEqualTo("in");

        assertThat(Stage.finish(first).status()).isZero();
        assertThat(stage.record("shared")).exists();
        assertThat(Stage.finish(second).out()).isEqualTo("in\n");
        stage.awaitEnd("shared");
        assertThatThrownBy(() -> stage.runtimes.join(new RuntimeId("shared"), stage.command("true"), Streams.piped()))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_RUNTIME));
    }

    @Test
    void a_process_that_has_the_keepers_number_is_not_joined() throws Exception {
        Running running = stage.runtimes.run(stage.shell("reuse", Stage.memory(), "echo up; read x"), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Path line = stage.record("reuse").resolve("keeper");
        Keeper keeper = running.keeper();
        Keeper other = new Keeper(ProcessHandle.current().pid(), keeper.start(), keeper.mountNamespace());

        Files.writeString(line, other.pid() + " " + other.start() + " " + other.mountNamespace() + "\n");
        assertThat(other.isAlive()).isFalse();
        assertThatThrownBy(() -> stage.runtimes.join(new RuntimeId("reuse"), stage.command("true"), Streams.piped()))
                .isInstanceOf(MayflyException.class);
        // Also when it has been reused between the look in Java and the join:
        RuntimeFolder place = new RuntimeFolder(stage.record("reuse"));
        byte[] plan = EnterPlan.join(place.read().orElseThrow(), other, place.path(), stage.command("true"));
        assertThatThrownBy(() -> Enter.start(plan, stage.target))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_RUNTIME))
                .hasMessageContaining("is another by now");
        Stage.finish(running);
        stage.awaitEnd("reuse");
    }

    @Test
    void a_durable_runtime_stays_and_runs_again_with_its_changes() throws Exception {
        RuntimeId id = new RuntimeId("kept");
        Running first = stage.runtimes.run(
                stage.shell("kept", new Editing.OnDisk(), "echo kept >$T/file; rm $T/bin/word"), Streams.piped());
        assertThat(Stage.finish(first).status()).isZero();
        stage.awaitKeeperEnd(first.keeper());

        assertThat(stage.runtimes.info(id).state()).isEqualTo(State.STOPPED);
        assertThat(stage.runtimes.sweep()).isEmpty();
        Running again = stage.runtimes.rerun(
                stage.shell("kept", new Editing.OnDisk(), "cat $T/file; ls $T/bin | wc -l"), Streams.piped());
        assertThat(Stage.finish(again).out()).isEqualTo("kept\n0\n");
        stage.awaitKeeperEnd(again.keeper());
        stage.runtimes.remove(id, false);
        assertThat(stage.record("kept")).doesNotExist();
    }

    @Test
    void a_name_that_is_taken_is_refused_and_the_first_one_goes_on() throws Exception {
        Running first = stage.runtimes.run(stage.shell("name", Stage.memory(), "read x; echo alive"), Streams.piped());

        assertThatThrownBy(() -> stage.run(stage.shell("name", Stage.memory(), "true")))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> stage.runtimes.remove(new RuntimeId("name"), false))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(Stage.finish(first).out()).isEqualTo("alive\n");
        stage.awaitEnd("name");
    }

    @Test
    void a_runtime_that_is_removed_by_force_loses_its_processes() throws Exception {
        Running running =
                stage.runtimes.run(stage.shell("force", Stage.memory(), "(sleep 600 &); sleep 600"), Streams.piped());

        stage.runtimes.remove(new RuntimeId("force"), true);
        assertThat(stage.record("force")).doesNotExist();
        assertThat(Stage.finish(running).ending()).isInstanceOf(Ending.Lost.class);
    }

    @Test
    void without_a_mount_point_nothing_runs_and_the_way_out_is_named() throws Exception {
        Files.delete(stage.target);

        assertThatThrownBy(() -> stage.run(stage.shell("none", Stage.memory(), "true")))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.MOUNT_POINT_MISSING);
                    assertThat(e.fix()).startsWith("sudo mkdir " + stage.target).contains("--at DIR");
                });
        assertThat(stage.record("none")).doesNotExist();
        Files.createSymbolicLink(stage.target, stage.view);
        assertThatThrownBy(() -> stage.run(stage.shell("link", Stage.memory(), "true")))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MOUNT_POINT_MISSING));
    }

    @Test
    void a_place_that_would_hide_the_runtimes_own_folder_is_refused_before_anything_is_made() throws Exception {
        RunRequest request = stage.shell("hidden", Stage.memory(), "true");
        RunRequest hiding = new RunRequest(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                folder,
                request.editing(),
                request.binds(),
                request.ownUserNamespace(),
                request.command());

        assertThatThrownBy(() -> stage.run(hiding)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.USAGE);
            assertThat(e.why()).contains("hide");
        });
        assertThat(stage.record("hidden")).doesNotExist();
    }

    @Test
    void live_layers_are_bound_and_cannot_lead_out_of_their_folder() throws Exception {
        Path live = Files.createDirectories(folder.toRealPath().resolve("live"));
        Files.writeString(live.resolve("tool"), "live\n");
        Files.createSymbolicLink(live.resolve("out"), Path.of("/etc"));

        RunRequest good =
                with(stage.shell("live", new Editing.None(), "cat $T/bin/tool"), new LiveBind(live, ".", "bin", false));
        assertThat(stage.run(good).out()).isEqualTo("live\n");
        for (String from : List.of("out", "../home", "out/passwd")) {
            RunRequest bad =
                    with(stage.shell("bad", new Editing.None(), "true"), new LiveBind(live, from, "bin", false));
            assertThatThrownBy(() -> stage.run(bad)).isInstanceOf(MayflyException.class);
        }
        stage.awaitEnd("live");
    }

    private static RunRequest with(RunRequest request, LiveBind bind) {
        return new RunRequest(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                request.target(),
                request.editing(),
                List.of(bind),
                request.ownUserNamespace(),
                request.command());
    }

    @Test
    void who_uses_a_csh_has_the_scripts_for_csh_and_each_word_of_the_command_as_it_was() throws Exception {
        Path csh = Needs.command("tcsh");
        Path scripts = Files.createDirectories(stage.view.resolve(Runtimes.STARTUP));
        Files.writeString(scripts.resolve("10 first!.csh"), "setenv ONE 1\nset argv=(gone)\n");
        Files.writeString(scripts.resolve("20.csh"), "setenv TWO \"$ONE 2 $mayfly_startup\"\n");
        Files.writeString(scripts.resolve("30.sh"), "export TWO=sh\n");
        String words = "echo $TWO; for w; do echo \"<$w>\"; done";
        List<String> odd = List.of("", "a  b", "*", "!!", "it's", "$HOME", "new\nline", "\"", "`id`", "");
        String expected = "1 2 " + stage.target.resolve(Runtimes.STARTUP) + "\n"
                + odd.stream().map(each -> "<" + each + ">\n").collect(Collectors.joining());
        assertThat(inShell("csh", csh.toString(), words, odd)).isEqualTo(expected);
        List<String> none = List.of("no", "empty one");
        assertThat(inShell("csh2", csh.toString(), words, none))
                .isEqualTo(expected.lines().findFirst().orElseThrow() + "\n<no>\n<empty one>\n");
        assertThat(inShell("sh", "/bin/bash", words, List.of())).isEqualTo("sh\n");
    }

    @Test
    void who_uses_a_csh_has_the_scripts_for_sh_when_there_are_no_others() throws Exception {
        Path csh = Needs.command("tcsh");
        Path scripts = Files.createDirectories(stage.view.resolve(Runtimes.STARTUP));
        Files.writeString(scripts.resolve("30.sh"), "export TWO=sh\n");
        assertThat(inShell("only", csh.toString(), "echo $TWO", List.of())).isEqualTo("sh\n");
    }

    private String inShell(String id, String shell, String script, List<String> words) throws Exception {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", script, "word"));
        all.addAll(words);
        RunRequest plain = stage.request(id, new Editing.None(), "true");
        Said said = stage.run(new RunRequest(
                plain.id(),
                plain.stack(),
                plain.layers(),
                plain.frontEnd(),
                plain.view(),
                plain.target(),
                plain.editing(),
                plain.binds(),
                plain.ownUserNamespace(),
                new RunRequest.Command(
                        all,
                        Map.of("PATH", "/usr/bin:/bin", "SHELL", shell),
                        Path.of("/"),
                        Identity.own(),
                        true,
                        false)));
        assertThat(said.err()).isEmpty();
        stage.awaitEnd(id);
        return said.out();
    }

    @Test
    void start_scripts_of_the_environment_prepare_the_command() throws Exception {
        Path scripts = Files.createDirectories(stage.view.resolve(Runtimes.STARTUP));
        Files.writeString(scripts.resolve("10_a.sh"), "export GREETING=hello\n");
        Files.writeString(scripts.resolve("20_b.sh"), "GREETING=\"$GREETING there\"\n");

        assertThat(stage.run(stage.request(
                                "s", new Editing.None(), "/bin/sh", "-c", "echo \"$GREETING\" $1", "-", "a b"))
                        .out())
                .isEqualTo("hello there a b\n");
        stage.awaitEnd("s");
    }

    @Test
    void the_command_runs_as_who_asked_without_rights_of_the_keeper() throws Exception {
        RunRequest request = stage.request(
                "user",
                Stage.memory(),
                "/bin/sh",
                "-c",
                "id -u; id -g; id -G; grep -E 'CapEff|NoNewPrivs' /proc/self/status");
        RunRequest.Command command = new RunRequest.Command(
                request.command().words(),
                Map.of("PATH", "/usr/bin:/bin"),
                Path.of("/"),
                new Identity(4711, 4712, List.of(4713)),
                false,
                true);
        Said said = stage.run(new RunRequest(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                request.target(),
                request.editing(),
                request.binds(),
                false,
                command));

        assertThat(said.out()).isEqualTo("4711\n4712\n4712 4713\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
        stage.awaitEnd("user");
    }

    @Test
    void without_root_a_user_namespace_serves() throws Exception {
        RunRequest request = stage.shell(
                "rootless",
                Stage.memory(),
                "echo mine >$T/made; rm $T/bin/word; ls $T $T/bin; grep CapEff /proc/self/status");
        Said said = stage.run(new RunRequest(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                request.target(),
                request.editing(),
                request.binds(),
                true,
                request.command()));

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("bin\nmade\n").doesNotContain("word").contains("CapEff:\t0000000000000000");
        stage.awaitEnd("rootless");
    }
}
