package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills parts of the service in the middle of a run, and takes its disk away. */
class CrashTest {
    private static final String DAEMONS_THEN_SLEEP = "for i in 1 2 3 4 5; do"
            + " setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000' >/dev/null 2>&1 </dev/null & done; exec sleep 1000";

    private final UidRange uids = ProofSandbox.uidsOf(Traces.SELF);

    private static String policy() {
        return Parts.policy(50, 20_000, 128, 64, 64);
    }

    @Test
    void a_killed_launcher_is_a_clear_error_and_the_next_run_gets_another_one(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        try (World world = new World();
                ProofSandbox sandbox = ProofSandbox.open(home, policy(), world.networks(), 1)) {
            assertThat(sandbox.shell("echo before").text("stdout")).isEqualTo("before\n");
            List<Long> first = Traces.launchers();
            assertThat(first).hasSize(1);
            for (int round = 0; round < 3; round++) {
                long launcher = Traces.launchers().getFirst();
                MayflyException failure = killedDuringRun(sandbox, launcher);
                assertThat(failure.code()).isEqualTo(ErrorCode.LAUNCHER_DIED);
                assertThat(failure.why()).contains("137");
                assertThat(failure.fix()).isNotBlank();
                assertThat(livingProcesses()).as("processes of the killed job").isEmpty();
                assertThat(sandbox.shell("echo after").text("stdout")).isEqualTo("after\n");
                assertThat(Traces.launchers()).hasSize(1).doesNotContain(launcher);
            }
            assertThat(sandbox.ledger().newest(10, Optional.empty()))
                    .as("a run without a result is not recorded")
                    .hasSize(4);
        }
        Traces.assertNothingLeft(InstanceId.current(), uids, home.resolve("run"));
    }

    /** Between jobs nobody is told: the slot is replaced in silence. */
    @Test
    void a_launcher_that_died_between_runs_costs_no_run(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        try (ProofSandbox sandbox = ProofSandbox.open(home, policy(), SlotNetworks.none("not under test"), 1)) {
            for (int round = 0; round < 3; round++) {
                assertThat(sandbox.shell("echo up").text("stdout")).isEqualTo("up\n");
                long launcher = Traces.launchers().getFirst();
                ProcessHandle handle = ProcessHandle.of(launcher).orElseThrow();
                handle.destroyForcibly();
                handle.onExit().get(10, TimeUnit.SECONDS);
            }
            assertThat(sandbox.shell("echo up").text("stdout")).isEqualTo("up\n");
        }
        Traces.assertNothingLeft(InstanceId.current(), uids, home.resolve("run"));
    }

    /** An orphan is reaped by whatever is pid 1 here, when that finds the time. */
    private List<String> livingProcesses() {
        return Traces.processes(uids).stream()
                .filter(process -> !process.contains("zombie"))
                .toList();
    }

    private MayflyException killedDuringRun(ProofSandbox sandbox, long launcher) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> run = threads.submit(() -> sandbox.shell(DAEMONS_THEN_SLEEP));
            awaitProcesses(uids, 11);
            ProcessHandle.of(launcher).orElseThrow().destroyForcibly();
            return (MayflyException) catchThrowableOfType(ExecutionException.class, () -> run.get(30, TimeUnit.SECONDS))
                    .getCause();
        }
    }

    @Test
    void a_cancelled_run_is_dead_before_its_caller_goes_on_and_its_slot_serves_the_next(@TempDir Path home)
            throws Exception {
        Parts.needNativeBackend();
        String granting =
                policy().replaceAll("(?s)(net:\\R +default: deny\\R +allow: )\\[]", "$1[\"good.example:80\"]");
        try (World world = new World();
                ProofSandbox sandbox = ProofSandbox.open(home, granting, world.networks(), 1)) {
            for (int round = 0; round < 4; round++) {
                JsonObject request = Parts.command(DAEMONS_THEN_SLEEP);
                if (round % 2 == 1) { // then its network namespace goes too
                    request = request.with("allow_net", Parts.texts("good.example:80"));
                }
                cancelDuringRun(sandbox, request);
                assertThat(Traces.processes(uids))
                        .as("processes of the cancelled job")
                        .isEmpty();
                assertThat(sandbox.shell("echo after").text("stdout")).isEqualTo("after\n");
                assertThat(Traces.launchers()).as("the slot goes on").hasSize(1);
            }
        }
        Traces.assertNothingLeft(InstanceId.current(), uids, home.resolve("run"));
    }

    private void cancelDuringRun(ProofSandbox sandbox, JsonObject request) throws Exception {
        AtomicReference<Object> end = new AtomicReference<>("nothing");
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                end.set(sandbox.run(request));
            } catch (InterruptedException | RuntimeException e) {
                end.set(e);
            }
        });
        awaitProcesses(uids, 11);
        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(30))).isTrue();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
    }

    private static void awaitProcesses(UidRange uids, int atLeast) throws InterruptedException {
        for (int i = 0; i < 400; i++) {
            if (Traces.processes(uids).size() >= atLeast) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the job did not start: " + Traces.processes(uids));
    }

    @Test
    void a_killed_service_leaves_no_process_and_its_groups_are_swept_at_the_next_start(@TempDir Path home)
            throws Exception {
        Parts.needNativeBackend();
        Process service = CrashingService.start(home.resolve("first"));
        long pid = service.pid();
        UidRange its = ProofSandbox.uidsOf(pid);
        List<Long> launchers;
        InstanceId instance;
        try (BufferedReader said = service.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("running");
            awaitProcesses(its, 11);
            launchers = Traces.launchersOf(pid);
            instance = instanceOf(pid);
            assertThat(launchers).isNotEmpty();
            assertThat(Traces.cgroups(instance)).isNotEmpty();
            service.destroyForcibly();
            assertThat(service.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            service.destroyForcibly();
        }
        for (int i = 0; i < 100 && (!Traces.processes(its).isEmpty() || anyAlive(launchers)); i++) {
            Thread.sleep(50);
        }
        assertThat(Traces.processes(its)).as("processes of the job").isEmpty();
        assertThat(launchers)
                .as("launchers, and with them their network namespaces")
                .noneMatch(CrashTest::alive);
        List<Path> runtime = left(home.resolve("first/run"));
        assertThat(runtime).as("a kill leaves the runtime folder").isNotEmpty();
        try (ProofSandbox next =
                ProofSandbox.open(home.resolve("first"), policy(), SlotNetworks.none("not under test"), 1)) {
            assertThat(next.shell("echo again").text("stdout")).isEqualTo("again\n");
            assertThat(left(home.resolve("first/run"))).as("runtime folders").doesNotContainAnyElementsOf(runtime);
            assertThat(Traces.cgroups(instance))
                    .as("groups of the dead service")
                    .isEmpty();
            assertThat(next.ledger().newest(10, Optional.empty()))
                    .as("what was recorded before the kill")
                    .hasSize(2);
        }
        Traces.assertNothingLeft(instance, its);
    }

    private static InstanceId instanceOf(long pid) {
        String stat = Traces.text(Path.of("/proc/" + pid + "/stat"));
        return new InstanceId(
                pid, Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]));
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private static boolean anyAlive(List<Long> pids) {
        return pids.stream().anyMatch(CrashTest::alive);
    }

    private static List<Path> left(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    @Test
    void a_full_disk_is_a_clear_error_and_nothing_is_lost(@TempDir Path folder) throws Exception {
        Parts.needNativeBackend();
        Path home = Files.createDirectory(folder.resolve("small"));
        try (Tmpfs disk = Tmpfs.mount(home, "8m")) {
            try (ProofSandbox sandbox = ProofSandbox.open(home, policy(), SlotNetworks.none("not under test"), 1)) {
                assertThat(sandbox.shell("echo kept").text("stdout")).isEqualTo("kept\n");
                Path filler = home.resolve("filler");
                fill(filler);
                List<ErrorCode> codes = new ArrayList<>();
                for (int i = 0; i < 3; i++) { // green (ledger alone) and red (quarantine first)
                    String command = i == 1 ? "sleep 1000" : "head -c 60000 /dev/zero | tr '\\0' x; echo " + i;
                    MayflyException failure = catchThrowableOfType(
                            MayflyException.class,
                            () -> sandbox.run(Parts.command(command).with("timeout_sec", 1)));
                    assertThat(failure).as("a run that cannot be recorded").isNotNull();
                    codes.add(failure.code());
                    assertThat(failure.fix()).isNotBlank();
                }
                assertThat(codes).containsOnly(ErrorCode.STATE_UNAVAILABLE);
                Files.delete(filler);
                assertThat(sandbox.shell("echo again").text("stdout")).isEqualTo("again\n");
                assertThat(sandbox.ledger().newest(10, Optional.empty()).stream()
                                .map(entry -> entry.command())
                                .toList())
                        .containsExactly("echo again", "echo kept");
                assertThat(Traces.below(home)).noneMatch(name -> name.contains(".draft-"));
            }
            assertThat(disk.mounted()).isTrue();
        }
        Traces.assertNothingLeft(InstanceId.current(), uids);
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[4096];
        try (var out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    @Test
    void two_services_on_one_home_do_not_disturb_each_other(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        Process other = CrashingService.start(home);
        try (BufferedReader said = other.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).isEqualTo("running");
            awaitProcesses(ProofSandbox.uidsOf(other.pid()), 11);
            try (ProofSandbox sandbox = ProofSandbox.open(home, policy(), SlotNetworks.none("not under test"), 1)) {
                assertThat(sandbox.shell("echo mine").text("stdout")).isEqualTo("mine\n");
                assertThat(sandbox.swept()).noneMatch(line -> line.contains("mayfly-" + other.pid() + "-"));
                assertThat(sandbox.ledger().newest(10, Optional.empty()))
                        .as("rows of both")
                        .hasSize(2);
            }
            assertThat(Traces.processes(ProofSandbox.uidsOf(other.pid())))
                    .as("the other's job")
                    .hasSizeGreaterThanOrEqualTo(11);
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
            other.waitFor(20, TimeUnit.SECONDS);
        }
        Traces.assertNothingLeft(InstanceId.current(), uids);
        // What the killed one left goes with the next life.
        ProofSandbox.open(home, policy(), SlotNetworks.none("not under test"), 1)
                .close();
    }

    @Test
    void a_home_that_cannot_be_written_is_a_clear_error(@TempDir Path folder) throws Exception {
        Parts.needNativeBackend();
        Path home = Files.createDirectory(folder.resolve("fixed"));
        try (Tmpfs disk = Tmpfs.mount(home, "8m")) {
            Files.createDirectory(home.resolve("policies"));
            Files.writeString(home.resolve("policies/default.policy.yml"), policy());
            disk.readOnly();
            MayflyException failure = catchThrowableOfType(
                    MayflyException.class,
                    () -> ProofSandbox.openExisting(home, SlotNetworks.none("not under test"), 1)
                            .close());
            assertThat(failure).isNotNull();
            assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
            assertThat(failure.what() + failure.why()).contains(home.toString());
            assertThat(failure.fix()).isNotBlank();
        }
        Traces.assertNothingLeft(InstanceId.current(), uids);
    }

    /** A file system of a few megabytes that a test may fill. */
    private record Tmpfs(Path at) implements AutoCloseable {
        static Tmpfs mount(Path at, String size) throws Exception {
            Needs.command("mount");
            Needs.that(
                    run("mount", "-t", "tmpfs", "-o", "size=" + size, "mayfly-proof", at.toString()) == 0,
                    "mount",
                    "a tmpfs cannot be mounted");
            return new Tmpfs(at);
        }

        boolean mounted() {
            return Traces.text(Path.of("/proc/self/mountinfo")).contains(at.toString());
        }

        void readOnly() throws Exception {
            assertThat(run("mount", "-o", "remount,ro", at.toString())).isZero();
        }

        private static int run(String... command) throws Exception {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        }

        @Override
        public void close() throws Exception {
            assertThat(run("umount", at.toString())).as("umount").isZero();
        }
    }
}
