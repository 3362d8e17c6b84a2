package dev.mayfly.env.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.runtime.RuntimeInfo.State;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SweepTest {
    private static final int SIGKILL = 9;

    @TempDir
    Path folder;

    private Stage stage;
    private Leaks leaks;

    @BeforeEach
    void setTheStage() throws IOException {
        stage = new Stage(folder);
        Files.writeString(stage.view.resolve("file"), "lower\n");
        leaks = Leaks.snapshot(folder.getFileName().toString());
    }

    private List<String> left() throws IOException {
        try (Stream<Path> paths = Files.list(stage.home.resolve("env/runtimes"))) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    @Test
    void a_runtime_whose_keeper_was_killed_is_taken_down_with_its_processes() throws Exception {
        Running running = stage.runtimes.run(
                stage.shell("dead", Stage.memory(), "(setsid sleep 600 &); echo up; sleep 600"), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Libc.kill((int) running.keeper().pid(), SIGKILL);
        stage.awaitKeeperEnd(running.keeper());
        assertThat(stage.runtimes.info(new RuntimeId("dead")).state()).isEqualTo(State.LEFT_BEHIND);

        List<Swept> swept = stage.runtimes.sweep();
        assertThat(swept).singleElement().satisfies(one -> {
            assertThat(one.runtime()).isEqualTo("dead");
            assertThat(one.why()).isEqualTo("its keeper was killed");
            assertThat(one.killed()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(one.kept()).isFalse();
        });
        assertThat(running.await()).isEqualTo(new Ending.Lost());
        assertThat(left()).isEmpty();
        assertThat(stage.runtimes.sweep()).isEmpty();
        leaks.assertUnchanged();
    }

    @Test
    void a_durable_runtime_keeps_its_changes_when_its_keeper_is_killed() throws Exception {
        Running running = stage.runtimes.run(
                stage.shell("kept", new Editing.OnDisk(), "echo new >$T/new; echo up; sleep 600"), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Libc.kill((int) running.keeper().pid(), SIGKILL);
        stage.awaitKeeperEnd(running.keeper());

        assertThat(stage.runtimes.sweep())
                .singleElement()
                .satisfies(one -> assertThat(one.kept()).isTrue());
        running.await();
        Running again = stage.runtimes.rerun(stage.shell("kept", new Editing.OnDisk(), "cat $T/new"), Streams.piped());
        assertThat(Stage.finish(again).out()).isEqualTo("new\n");
        stage.awaitKeeperEnd(again.keeper());
        stage.runtimes.remove(new RuntimeId("kept"), false);
        leaks.assertUnchanged();
    }

    @Test
    void what_was_only_begun_is_removed() throws Exception {
        Path begun = Files.createDirectories(stage.record("begun"));
        Files.createDirectory(begun.resolve("top"));
        Path unborn = Files.createDirectories(stage.record("unborn"));
        Files.createFile(unborn.resolve("life"));

        assertThat(stage.runtimes.sweep()).extracting(Swept::runtime).containsExactly("begun", "unborn");
        assertThat(left()).isEmpty();
    }

    @Test
    void whatever_is_killed_whenever_the_sweep_leaves_nothing() throws Exception {
        long seed = Long.getLong("mayfly.seed", 20261121);
        Random random = new Random(seed);
        for (int round = 0; round < 25; round++) {
            List<Running> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                running.add(stage.runtimes.run(
                        stage.shell(
                                "r" + i,
                                random.nextBoolean() ? Stage.memory() : new Editing.None(),
                                "(setsid sh -c 'while :; do ls $0 >/dev/null; sleep 0.01; done' $T &);"
                                        + " (unshare -m sleep 600 &); echo up; sleep 600"),
                        Streams.piped()));
            }
            Thread.sleep(random.nextInt(8));
            for (Running each : running) {
                List<Long> victims = new ArrayList<>(Marked.find(new RuntimeId("r" + running.indexOf(each))));
                victims.add(each.process().pid());
                victims.add(each.keeper().pid());
                victims.removeIf(pid -> random.nextInt(3) == 0);
                victims.forEach(pid -> Libc.kill(Math.toIntExact(pid), SIGKILL));
                if (each.keeper().isAlive()) {
                    Libc.kill((int) each.keeper().pid(), SIGKILL);
                }
            }
            for (Running each : running) {
                stage.awaitKeeperEnd(each.keeper());
            }
            stage.runtimes.sweep();
            for (Running each : running) {
                each.await();
            }
            assertThat(left()).as("seed %d, round %d", seed, round).isEmpty();
            assertThat(Marked.find(new RuntimeId("r0"))).isEmpty();
            assertThat(Marked.find(new RuntimeId("r1"))).isEmpty();
        }
        leaks.assertUnchanged();
    }
}
