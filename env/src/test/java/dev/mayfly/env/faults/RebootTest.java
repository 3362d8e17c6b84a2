package dev.mayfly.env.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.runtime.Editing;
import dev.mayfly.env.runtime.Running;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.runtime.Stage;
import dev.mayfly.env.runtime.Streams;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runtimes as a start of the machine leaves them: no process and no mount, and files that tell of both. */
@Timeout(60)
class RebootTest {
    private static final int SIGKILL = 9;
    private static final String OTHER_BOOT = "00000000-0000-4000-8000-000000000000";

    @TempDir
    Path folder;

    private Stage stage;
    private Leaks leaks;

    @BeforeEach
    void setTheStage() throws IOException {
        stage = new Stage(folder);
        leaks = Leaks.snapshot(folder.getFileName().toString());
    }

    /** Leaves a runtime as it is found by whoever comes after a start of the machine. */
    private void outlived(String id, Editing editing) throws Exception {
        Running running =
                stage.runtimes.run(stage.shell(id, editing, "echo new >$T/new; echo up; sleep 600"), Streams.piped());
        assertThat(running.process().inputReader().readLine()).isEqualTo("up");
        Libc.kill((int) running.keeper().pid(), SIGKILL);
        stage.awaitKeeperEnd(running.keeper());
        ProcessHandle.allProcesses()
                .filter(each -> each.info().commandLine().orElse("").contains(stage.target.toString()))
                .forEach(ProcessHandle::destroyForcibly);
        running.process().destroyForcibly();
        running.await();
        Path record = stage.record(id).resolve("runtime.json");
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        assertThat(Files.readString(record)).contains(boot);
        Files.writeString(record, Files.readString(record).replace(boot, OTHER_BOOT));
    }

    /** A process that has, by chance, the number and the time of start that the keeper had before. */
    private Process lookalike(String id) throws IOException {
        Process other = new ProcessBuilder("sleep", "600").start();
        String status = Files.readString(Path.of("/proc/" + other.pid() + "/stat"));
        String[] words = status.substring(status.lastIndexOf(')') + 2).split(" ", -1);
        int start = 19; // Field 22 of proc_pid_stat(5), counted from behind the name.
        Files.writeString(stage.record(id).resolve("keeper"), other.pid() + " " + words[start] + " 1\n");
        return other;
    }

    @Test
    void what_ran_before_the_last_start_of_the_machine_does_not_run_and_is_swept_with_its_changes_kept()
            throws Exception {
        outlived("kept", new Editing.OnDisk());
        assertThat(stage.runtimes.info(new RuntimeId("kept")).state()).isEqualTo(RuntimeInfo.State.LEFT_BEHIND);
        assertThat(stage.runtimes.sweep()).singleElement().satisfies(one -> {
            assertThat(one.why()).isEqualTo("it ran before the last start of this machine");
            assertThat(one.kept()).isTrue();
        });
        Running again = stage.runtimes.rerun(stage.shell("kept", new Editing.OnDisk(), "cat $T/new"), Streams.piped());
        assertThat(Stage.finish(again).out()).isEqualTo("new\n");
        stage.awaitKeeperEnd(again.keeper());
        stage.runtimes.remove(new RuntimeId("kept"), false);
        leaks.assertUnchanged();
    }

    @Test
    void a_process_of_this_start_with_the_number_and_time_of_a_keeper_before_it_is_not_taken_for_it() throws Exception {
        outlived("gone", Stage.memory());
        Process other = lookalike("gone");
        try {
            assertThat(stage.runtimes.info(new RuntimeId("gone")).state()).isEqualTo(RuntimeInfo.State.LEFT_BEHIND);
            assertThat(stage.runtimes.sweep()).singleElement().satisfies(one -> {
                assertThat(one.why()).isEqualTo("it ran before the last start of this machine");
                assertThat(one.killed()).isEmpty();
                assertThat(one.kept()).isFalse();
            });
            assertThat(other.isAlive()).isTrue();
            assertThat(stage.record("gone")).doesNotExist();
        } finally {
            other.destroyForcibly().waitFor();
        }
        leaks.assertUnchanged();
    }
}
