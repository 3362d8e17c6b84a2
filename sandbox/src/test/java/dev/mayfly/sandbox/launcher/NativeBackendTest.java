package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BackendContract;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class NativeBackendTest extends BackendContract {
    @Override
    protected Backend open(Path state) throws Exception {
        Needs.linux();
        Needs.root();
        return open(state, 2, Duration.ofSeconds(30));
    }

    private static Backend open(Path state, int slots, Duration wait) throws Exception {
        HostBackends host = new HostBackends(
                BuiltLauncher.locate(), state, slots, wait, SlotNetworks.none("not in this test"), "Linux");
        return host.choose(Preference.NATIVE).backend();
    }

    @Override
    protected Exit endedBy(int signal) {
        return new Exit.Signaled(signal);
    }

    private static List<ProcessHandle> launchers() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("mayfly-launcher"))
                .toList();
    }

    @Test
    void a_launcher_that_dies_in_a_run_is_an_error_and_is_replaced() throws Exception {
        run(Boxes.sh("true"));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Execution> run = executor.submit(() -> run(Boxes.sh("sleep 18")));
            Thread.sleep(300);
            launchers().forEach(ProcessHandle::destroyForcibly);
            assertThatThrownBy(run::get).cause().isInstanceOfSatisfying(MayflyException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LAUNCHER_DIED);
                assertThat(e.why()).contains("137");
            });
        }
        assertThat(out(run(Boxes.sh("echo again")))).isEqualTo("again\n");
        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info().commandLine().orElse("").endsWith("sleep 18")))
                .isEmpty();
    }

    @Test
    void launchers_that_die_between_any_two_runs_cost_no_run() throws Exception {
        for (int i = 0; i < 5; i++) {
            List<ProcessHandle> idle = launchers();
            idle.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle launcher : idle) {
                launcher.onExit().get();
            }
            assertThat(out(run(Boxes.sh("echo run " + i)))).isEqualTo("run " + i + "\n");
        }
    }

    @Test
    void who_waits_too_long_for_a_slot_is_told_that_all_are_busy(@org.junit.jupiter.api.io.TempDir Path own)
            throws Exception {
        Backend one = open(own, 1, Duration.ofMillis(200));
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Execution> busy =
                    executor.submit(() -> one.run(Boxes.sh("sleep 1").spec()));
            Thread.sleep(200);
            assertThatThrownBy(() -> one.run(Boxes.sh("true").spec()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_BUSY));
            assertThat(busy.get().exit()).isEqualTo(new Exit.Exited(0));
        } finally {
            one.close();
        }
    }

    @Test
    void a_request_larger_than_a_frame_is_refused_before_it_is_sent() throws Exception {
        Boxes box = Boxes.sh("true").stdin("x".repeat(65 << 20));
        assertThatThrownBy(() -> run(box))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE));
        assertThat(out(run(Boxes.sh("echo fine")))).isEqualTo("fine\n");
    }

    /** The path was resolved before; a link that is there now was put there by a job of another slot. */
    @Test
    void a_host_path_that_has_become_a_link_is_not_followed(@org.junit.jupiter.api.io.TempDir Path host)
            throws Exception {
        Path secret = Files.createDirectory(host.resolve("secret"));
        Path shared = Files.createDirectory(host.resolve("shared"));
        Path link = Files.createSymbolicLink(shared.resolve("link"), secret);
        Files.createDirectory(secret.resolve("deep"));
        for (Path swapped : List.of(link, link.resolve("deep"))) {
            Boxes box = Boxes.sh("ls /data").bind(new HostBind(swapped, "/data", true));
            assertThatThrownBy(() -> run(box)).isInstanceOfSatisfying(MayflyException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_SETUP);
                assertThat(e.why()).contains("symbolic links");
            });
        }
    }

    @Test
    void a_missing_launcher_is_unavailable_with_its_fix(@org.junit.jupiter.api.io.TempDir Path own) throws Exception {
        HostBackends host = new HostBackends(
                new LauncherBinary.Missing("not built", "apt-get install gcc"),
                own,
                1,
                Duration.ofSeconds(1),
                SlotNetworks.none("not in this test"),
                "Linux");
        try (Backend backend = host.choose(Preference.NATIVE).backend()) {
            assertThat(backend.name()).isEqualTo("unavailable");
            assertThatThrownBy(() -> backend.run(Boxes.sh("echo ran").spec()))
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_UNAVAILABLE);
                        assertThat(e.fix()).contains("gcc");
                    });
        }
    }
}
