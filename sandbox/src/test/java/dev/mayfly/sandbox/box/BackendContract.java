package dev.mayfly.sandbox.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.testkit.Leaks;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every backend of native programs owes its callers, tried on the real kernel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
public abstract class BackendContract {
    private Backend backend;
    private Leaks leaks;

    /** A backend with two slots, or a skip that says what this machine lacks. */
    protected abstract Backend open(Path state) throws Exception;

    /** How this backend tells that a signal ended the command. */
    protected abstract Exit endedBy(int signal);

    @BeforeAll
    void openBackend(@TempDir Path state) throws Exception {
        leaks = Leaks.snapshot(InstanceId.current().name());
        backend = open(state);
        boolean works =
                backend.layers().stream().noneMatch(layer -> layer.name().equals("backend"));
        assertThat(works).as("%s", backend.layers()).isTrue();
    }

    @AfterAll
    void closeBackendAndFindNothingLeft() {
        if (backend != null) {
            backend.close();
            backend.close();
            assertThatThrownBy(() -> backend.run(Boxes.sh("true").spec()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_UNAVAILABLE));
            leaks.assertUnchanged(Duration.ofSeconds(5));
        }
    }

    protected Backend backend() {
        return backend;
    }

    protected Execution run(Boxes box) throws InterruptedException {
        return backend.run(box.spec());
    }

    protected static String out(Execution execution) {
        return new String(execution.stdout().head(), StandardCharsets.UTF_8)
                + new String(execution.stdout().tail(), StandardCharsets.UTF_8);
    }

    protected static String err(Execution execution) {
        return new String(execution.stderr().head(), StandardCharsets.UTF_8);
    }

    private boolean has(String layer) {
        return backend.layers().stream().anyMatch(l -> l.name().equals(layer) && l.state() == LayerState.ACTIVE);
    }

    @Test
    void the_exit_code_is_the_commands_own() throws Exception {
        assertThat(run(Boxes.sh("exit 0")).exit()).isEqualTo(new Exit.Exited(0));
        assertThat(run(Boxes.sh("exit 77")).exit()).isEqualTo(new Exit.Exited(77));
        assertThat(run(Boxes.sh("exit 255")).exit()).isEqualTo(new Exit.Exited(255));
    }

    @Test
    void a_signal_is_told() throws Exception {
        assertThat(run(Boxes.sh("kill -9 $$")).exit()).isEqualTo(endedBy(9));
        assertThat(run(Boxes.sh("kill -15 $$")).exit()).isEqualTo(endedBy(15));
    }

    @Test
    void a_missing_program_is_127_with_a_message() throws Exception {
        Execution execution = run(Boxes.argv("no-such-program"));
        assertThat(execution.exit()).isEqualTo(new Exit.Exited(127));
        assertThat(err(execution)).contains("no-such-program");
    }

    @Test
    void a_file_that_is_no_program_is_126() throws Exception {
        assertThat(run(Boxes.argv("/etc/passwd")).exit()).isEqualTo(new Exit.Exited(126));
    }

    @Test
    void stdin_arrives_whole_and_ends() throws Exception {
        assertThat(out(run(Boxes.sh("cat").stdin("one\ntwo")))).isEqualTo("one\ntwo");
        assertThat(out(run(Boxes.sh("wc -c").stdin("x".repeat(3_000_000))))).isEqualTo("3000000\n");
        assertThat(out(run(Boxes.sh("cat; echo end")))).isEqualTo("end\n");
    }

    @Test
    void the_environment_is_exactly_the_one_asked_for() throws Exception {
        Execution execution =
                run(Boxes.argv("/usr/bin/env").noEnv().env("A", "1").env("B", "two words=\nlines"));
        assertThat(out(execution)).isEqualTo("A=1\nB=two words=\nlines\n");
    }

    @Test
    void arguments_arrive_as_they_are() throws Exception {
        Execution execution = run(Boxes.argv("printf", "%s|", "a b", "", "$HOME", "é\n", "--"));
        assertThat(out(execution)).isEqualTo("a b||$HOME|é\n|--|");
    }

    @Test
    void a_command_with_an_equals_sign_in_its_name_is_a_command() throws Exception {
        Execution execution = run(Boxes.argv("./a=b", "x").file("a=b", "#!/bin/sh\necho ran $1\n"));
        assertThat(out(execution)).isEqualTo("ran x\n");
    }

    @Test
    void the_working_directory_is_an_empty_workspace() throws Exception {
        assertThat(out(run(Boxes.sh("pwd; ls -A | wc -l; ls -A /tmp | wc -l")))).isEqualTo("/workspace\n0\n0\n");
    }

    @Test
    void files_are_in_place_and_scripts_can_be_run() throws Exception {
        Execution execution = run(Boxes.sh("cat a/b/c.txt /tmp/t.txt && ./go.sh && echo more >> a/b/c.txt && touch a/n")
                .file("a/b/c.txt", "deep\n")
                .file("/tmp/t.txt", "tmp\n")
                .file("/workspace/go.sh", "#!/bin/sh\necho script\n"));
        assertThat(err(execution)).isEmpty();
        assertThat(out(execution)).isEqualTo("deep\ntmp\nscript\n");
    }

    @Test
    void two_files_of_the_same_name_are_refused_and_nothing_runs() {
        Boxes box = Boxes.sh("echo ran").file("a", "1").file("a", "2");
        assertThatThrownBy(() -> run(box))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_INVALID));
    }

    @Test
    void outputs_come_back_sorted_and_only_those_that_match() throws Exception {
        Execution execution =
                run(Boxes.sh("mkdir -p d/e; echo 2 > d/e/b.out; echo 1 > a.out; echo no > c.txt; : > d/empty.out")
                        .outputs("*.out", "d/**"));
        assertThat(execution.outputs())
                .extracting(CollectedFile::path)
                .containsExactly("a.out", "d/e/b.out", "d/empty.out");
        assertThat(execution.outputs().getFirst().content()).isEqualTo("1\n".getBytes(StandardCharsets.UTF_8));
        assertThat(execution.outputsDropped()).isEmpty();
    }

    @Test
    void links_and_special_files_never_come_back_as_content() throws Exception {
        Execution execution = run(Boxes.sh(
                        "ln -s /etc/passwd link; mkfifo fifo; ln -s / root; mkdir d; ln -s ../../../etc d/up; echo ok > real")
                .outputs("**"));
        assertThat(execution.outputs()).extracting(CollectedFile::path).containsExactly("real");
        assertThat(execution.outputsDropped()).hasSize(4).allMatch(line -> line.endsWith("not a regular file"));
    }

    @Test
    void outputs_beyond_their_cap_are_named_and_not_read() throws Exception {
        Execution execution = run(Boxes.sh("head -c 2000 /dev/zero > big; truncate -s 60M sparse; echo x > small")
                .outputs("*")
                .outputBytes(1000));
        assertThat(execution.outputs()).extracting(CollectedFile::path).containsExactly("small");
        assertThat(execution.outputsDropped()).hasSize(2).allMatch(line -> line.contains("too large"));
    }

    @Test
    void an_output_larger_than_one_frame_comes_back_whole() throws Exception {
        Execution execution = run(Boxes.sh("head -c 9000000 /dev/zero | tr '\\0' x > big")
                .outputs("big")
                .outputBytes(16 << 20));
        assertThat(execution.outputs().getFirst().content()).hasSize(9_000_000).containsOnly('x');
    }

    @Test
    void long_output_is_truncated_counted_and_does_not_end_the_command() throws Exception {
        Execution execution = run(Boxes.sh("echo first; yes | head -c 30000000; echo last; exit 4").stream(4096));
        assertThat(execution.exit()).isEqualTo(new Exit.Exited(4));
        assertThat(execution.stdout().total()).isEqualTo(30_000_000 + 6 + 5);
        assertThat(execution.stdout().truncated()).isTrue();
        assertThat(execution.stdout().head().length + execution.stdout().tail().length)
                .isEqualTo(4096);
        assertThat(out(execution)).startsWith("first\ny\n").endsWith("y\nlast\n");
        assertThat(execution.limitsHit()).containsExactly(LimitHit.STDOUT);
    }

    @Test
    void output_that_just_fits_is_not_truncated() throws Exception {
        Execution execution = run(Boxes.sh("head -c 4096 /dev/zero").stream(4096));
        assertThat(execution.stdout().truncated()).isFalse();
        assertThat(out(execution)).hasSize(4096);
    }

    @Test
    void stdout_and_stderr_are_kept_apart() throws Exception {
        Execution execution = run(Boxes.sh("echo out; echo err >&2"));
        assertThat(out(execution)).isEqualTo("out\n");
        assertThat(err(execution)).isEqualTo("err\n");
    }

    @Test
    void the_wall_limit_ends_a_command_that_ignores_signals() throws Exception {
        long start = System.nanoTime();
        Execution execution = run(Boxes.sh("trap '' TERM INT HUP; echo on; while :; do sleep 1; done")
                .wall(Duration.ofMillis(400)));
        assertThat(execution.exit()).isEqualTo(new Exit.Signaled(9));
        assertThat(execution.limitsHit()).contains(LimitHit.WALL);
        assertThat(out(execution)).isEqualTo("on\n");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(400), Duration.ofSeconds(8));
        assertThat(execution.killLatency()).isPositive();
    }

    @Test
    void the_processor_limit_counts_the_whole_tree() throws Exception {
        Execution execution = run(Boxes.sh("for i in 1 2 3; do (while :; do :; done) & done; wait")
                .cpu(Duration.ofMillis(500)));
        assertThat(execution.limitsHit()).contains(LimitHit.CPU).doesNotContain(LimitHit.WALL);
        assertThat(execution.usage().cpu()).isBetween(Duration.ofMillis(500), Duration.ofMillis(2500));
    }

    @Test
    void the_memory_limit_ends_the_command_and_not_the_slot() throws Exception {
        Execution execution = run(Boxes.sh("head -c 300000000 /dev/zero | tail -c 299999999 | wc -c")
                .memory(64L << 20));
        assertThat(execution.limitsHit()).contains(LimitHit.MEMORY);
        assertThat(out(execution)).doesNotContain("299999999");
        assertThat(run(Boxes.sh("echo fine")).exit()).isEqualTo(new Exit.Exited(0));
    }

    @Test
    void what_the_disk_holds_counts_as_memory_and_is_given_back() throws Exception {
        for (int i = 0; i < 4; i++) {
            Execution execution = run(Boxes.sh("head -c 40000000 /dev/zero > f && ls -l f | wc -l")
                    .memory(64L << 20));
            assertThat(execution.exit()).as(err(execution)).isEqualTo(new Exit.Exited(0));
            // 40 MB are 38.1 MiB. The kernel charges a group in batches of 64 pages per processor, and what is left of
            // a
            // batch from before the counter was reset is used first (mm/memcontrol.c, MEMCG_CHARGE_BATCH).
            assertThat(execution.usage().peakMemoryBytes()).isBetween(36L << 20, 72L << 20);
        }
    }

    @Test
    void the_process_limit_stops_a_fork_bomb() throws Exception {
        Execution execution = run(Boxes.sh("i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i+1)); done; echo all started")
                .pids(20)
                .wall(Duration.ofSeconds(4)));
        assertThat(execution.limitsHit()).contains(LimitHit.PIDS);
        assertThat(out(execution)).doesNotContain("all started");
    }

    @Test
    void a_full_disk_is_an_error_for_the_command_only() throws Exception {
        Execution execution = run(Boxes.sh("head -c 30000000 /dev/zero > f; echo rc $?; stat -c %s f")
                .disk(8L << 20));
        assertThat(out(execution)).startsWith("rc 1\n");
        assertThat(err(execution)).contains("No space left");
        if (backend.name().equals("native")) {
            assertThat(execution.limitsHit()).contains(LimitHit.DISK);
        }
    }

    @Test
    void a_file_larger_than_allowed_cannot_be_written() throws Exception {
        Execution execution = run(Boxes.sh("exec head -c 3000000 /dev/zero > f").fileSize(1L << 20));
        assertThat(execution.exit()).isEqualTo(endedBy(25));
        assertThat(execution.limitsHit()).contains(LimitHit.FILE_SIZE);
    }

    @Test
    void five_hundred_daemons_die_with_their_job() throws Exception {
        Execution execution =
                run(Boxes.sh("i=0; while [ $i -lt 500 ]; do setsid sleep 1000 & i=$((i+1)); done; echo $i; sleep 1000")
                        .pids(1000)
                        .wall(Duration.ofSeconds(4)));
        assertThat(execution.limitsHit()).contains(LimitHit.WALL);
        assertThat(out(execution)).isEqualTo("500\n");
        assertThat(execution.killLatency()).isPositive().isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void a_daemon_does_not_outlive_a_command_that_ended_by_itself() throws Exception {
        String mark = "4242" + ProcessHandle.current().pid();
        Execution execution = run(Boxes.sh("setsid sleep " + mark + " </dev/null >/dev/null 2>&1 & echo started"));
        assertThat(out(execution)).isEqualTo("started\n");
        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info()
                                .arguments()
                                .map(arguments -> Arrays.asList(arguments).contains(mark))
                                .orElse(false)))
                .isEmpty();
    }

    @Test
    void nobody_waits_for_a_daemon_that_holds_the_output_open() throws Exception {
        Execution execution = run(Boxes.sh("setsid sleep 1000 & echo started"));
        assertThat(out(execution)).isEqualTo("started\n");
        assertThat(execution.wall()).isLessThan(Duration.ofSeconds(5));
        assertThat(execution.limitsHit()).isEmpty();
    }

    @Test
    void a_command_has_no_privileges_and_cannot_get_any() throws Exception {
        Execution execution = run(
                Boxes.sh("id -u; id -g; grep -E '^(Cap(Eff|Prm|Bnd|Amb|Inh)|NoNewPrivs|Seccomp):' /proc/self/status"));
        assertThat(out(execution).lines())
                .containsExactly(
                        "1000",
                        "1000",
                        "CapInh:\t0000000000000000",
                        "CapPrm:\t0000000000000000",
                        "CapEff:\t0000000000000000",
                        "CapBnd:\t0000000000000000",
                        "CapAmb:\t0000000000000000",
                        "NoNewPrivs:\t1",
                        "Seccomp:\t2");
    }

    @Test
    void a_denied_call_fails_and_is_listed_where_the_backend_can_see_it() throws Exception {
        Execution execution = run(Boxes.sh("unshare -U true 2>&1; echo rc $?"));
        assertThat(out(execution)).contains("Operation not permitted").contains("rc 1");
        if (has("seccomp-notify")) {
            assertThat(execution.violations()).anySatisfy(violation -> {
                assertThat(violation.rule()).isEqualTo("syscalls.default");
                assertThat(violation.subject()).startsWith("unshare");
                assertThat(violation.count()).isEqualTo(1);
            });
        } else {
            assertThat(execution.layers())
                    .anyMatch(l -> l.name().equals("seccomp-notify") && l.state() == LayerState.UNAVAILABLE);
        }
    }

    @Test
    void the_host_cannot_be_seen() throws Exception {
        Execution execution = run(
                Boxes.sh(
                        "ls -d /root /home /var /run /sys /work /etc/shadow /etc/sudoers 2>/dev/null; cat /etc/hostname; ls /proc | grep -c '^[0-9]'; touch /usr/x /etc/x /x 2>/dev/null; echo done"));
        List<String> lines = out(execution).lines().toList();
        assertThat(lines.getFirst()).isEqualTo("box");
        assertThat(Integer.parseInt(lines.get(1))).isLessThan(8);
        assertThat(lines.getLast()).isEqualTo("done");
        assertThat(Path.of("/usr/x")).doesNotExist();
    }

    @Test
    void no_network_is_reachable() throws Exception {
        Execution execution = run(
                Boxes.sh(
                        "bash -c 'exec 3<>/dev/tcp/192.0.2.1/80' 2>/dev/null; echo $?; ls /sys/class/net 2>/dev/null; grep -c : /proc/net/dev"));
        assertThat(out(execution)).isEqualTo("1\n1\n");
    }

    @Test
    void one_run_leaves_nothing_for_the_next() throws Exception {
        run(Boxes.sh("echo secret > /tmp/s; echo secret > w; ipcmk -M 4096 >/dev/null"));
        Execution next = run(Boxes.sh("ls -A /tmp /workspace; ipcs -m | grep -c 0x"));
        assertThat(out(next)).doesNotContain("s\n").endsWith("0\n");
    }

    @Test
    void host_paths_that_were_granted_are_there_and_writable_only_if_granted_so(@TempDir Path host) throws Exception {
        Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path readable =
                Files.writeString(Files.createDirectory(host.resolve("ro")).resolve("f"), "shared\n");
        Path writable = Files.createDirectory(host.resolve("rw"));
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));
        Execution execution = run(Boxes.sh("cat /data/ro/f; echo x > /data/ro/g; echo new > /data/rw/h; ls /data")
                .bind(new HostBind(readable.getParent(), "/data/ro", false))
                .bind(new HostBind(writable, "/data/rw", true)));
        assertThat(out(execution)).isEqualTo("shared\nro\nrw\n");
        assertThat(readable.resolveSibling("g")).doesNotExist();
        assertThat(writable.resolve("h")).hasContent("new\n");
    }

    @Test
    void an_interrupt_cancels_the_run() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Execution> future = executor.submit(() -> run(Boxes.sh("sleep 19")));
            Thread.sleep(300);
            long start = System.nanoTime();
            future.cancel(true);
            executor.shutdown();
            assertThat(executor.awaitTermination(8, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
        assertThat(out(run(Boxes.sh("echo next")))).isEqualTo("next\n");
    }

    @Test
    void eight_callers_share_two_slots_and_never_mix() throws Exception {
        List<Future<String>> futures = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 40; i++) {
                String own = "job-" + i;
                futures.add(executor.submit(() -> {
                    Execution execution = run(Boxes.sh("cat f; echo $X; cat")
                            .env("X", own)
                            .file("f", own + "\n")
                            .stdin(own + "\n"));
                    return out(execution) + execution.exit() + execution.limitsHit();
                }));
            }
        }
        for (int i = 0; i < 40; i++) {
            assertThat(get(futures.get(i))).isEqualTo(("job-" + i + "\n").repeat(3) + new Exit.Exited(0) + "[]");
        }
    }

    private static String get(Future<String> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void a_granted_network_is_mediated_or_refused_never_open() throws Exception {
        if (has("net-mediation")) {
            return; // the mediator's own tests hold it
        }
        assertThatThrownBy(() -> run(Boxes.sh("echo ran").net(new Everything())))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_UNAVAILABLE));
    }

    @Test
    void every_run_says_which_layers_it_had() throws Exception {
        List<LayerReport> layers = run(Boxes.sh("true")).layers();
        assertThat(layers)
                .extracting(LayerReport::name)
                .doesNotHaveDuplicates()
                .contains(
                        "user-ns",
                        "pid-ns",
                        "mount-ns",
                        "net-ns",
                        "ipc-ns",
                        "uts-ns",
                        "rootfs",
                        "uid",
                        "seccomp",
                        "seccomp-notify",
                        "landlock",
                        "no-new-privs",
                        "caps",
                        "kill-cgroup",
                        "kill-pidns",
                        "net-mediation",
                        "cgroup-memory",
                        "cgroup-pids",
                        "cgroup-cpu");
        assertThat(layers)
                .filteredOn(layer -> layer.state() != LayerState.ACTIVE)
                .allMatch(layer -> !layer.reason().isEmpty());
    }

    @Test
    void two_hundred_jobs_leave_nothing_behind() throws Exception {
        run(Boxes.sh("true").outputs("*"));
        Leaks here = Leaks.snapshot(InstanceId.current().name());
        long mounts = mounts();
        for (int i = 0; i < 200; i++) {
            Execution execution = run(Boxes.sh("echo $0 > f; sleep 100 &").outputs("f"));
            assertThat(execution.outputs()).hasSize(1);
        }
        here.assertUnchanged();
        assertThat(mounts()).isEqualTo(mounts);
    }

    private static long mounts() throws Exception {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains("mayfly")).count();
        }
    }

    /** Would let a job reach anything, if a backend let it. */
    private record Everything() implements NetGrant {
        @Override
        public boolean deniesAll() {
            return false;
        }

        @Override
        public boolean permitsName(String host, int port) {
            return true;
        }

        @Override
        public boolean permitsLookup(String host) {
            return true;
        }

        @Override
        public boolean permitsAddress(InetAddress address, int port) {
            return true;
        }

        @Override
        public Set<Integer> loopbackPorts() {
            return Set.of();
        }
    }
}
