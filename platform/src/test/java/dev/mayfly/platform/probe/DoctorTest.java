package dev.mayfly.platform.probe;

import static dev.mayfly.platform.probe.CapabilityState.ACTIVE;
import static dev.mayfly.platform.probe.CapabilityState.DEGRADED;
import static dev.mayfly.platform.probe.CapabilityState.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.probe.HostCommands.Outcome;
import dev.mayfly.platform.probe.HostNetwork.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorTest {
    @TempDir
    Path root;

    private FakeMachine machine;

    @BeforeEach
    void aWholeMachine() {
        machine = new FakeMachine(root);
    }

    @Test
    void a_machine_that_has_everything_lacks_nothing() {
        DoctorReport report = machine.report();

        // Only a kernel puts cgroup.kill into a new folder, and the JDK is that of the tests.
        Set<String> notFaked = Set.of("jdk", "cgroup-kill");
        assertThat(report.capabilities())
                .filteredOn(each -> !notFaked.contains(each.name()))
                .allSatisfy(each -> {
                    assertThat(each.state())
                            .as(each.name() + ": " + each.evidence())
                            .isEqualTo(ACTIVE);
                    assertThat(each.evidence()).as(each.name()).isNotBlank();
                    assertThat(each.fix()).as(each.name()).isEmpty();
                });
        assertThat(report.canRunNative()).isTrue();
    }

    @Test
    void names_are_unique_and_every_probe_answers_for_what_it_names() {
        List<String> names =
                machine.report().capabilities().stream().map(Capability::name).toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains(
                        "kernel",
                        "user-ns",
                        "net-ns",
                        "cgroup",
                        "cgroup-kill",
                        "seccomp",
                        "seccomp-notify",
                        "landlock",
                        "overlayfs",
                        "fuse",
                        "fuse-passthrough",
                        "kvm",
                        "qemu",
                        "rdma",
                        "bpf",
                        "uprobes",
                        "kprobes",
                        "reflink",
                        "jdk",
                        "launcher",
                        "bwrap",
                        "c-compiler",
                        "net-mediation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mac OS X", "FreeBSD", "Windows 11"})
    void on_another_system_everything_of_linux_is_unavailable_with_a_reason_and_nothing_is_asked(String osName) {
        machine.osName = osName;
        Host host = machine.host();
        HostKernel untouchable = (HostKernel) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HostKernel.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("asked the kernel: " + method.getName());
                });
        DoctorReport report = Doctor.examine(new Host(
                osName,
                "aarch64",
                host.files(),
                host.commands(),
                untouchable,
                host.network(),
                host.launcher(),
                root,
                host.services()));

        assertThat(report.capabilities())
                .filteredOn(each -> !each.name().equals("jdk"))
                .allSatisfy(each -> {
                    assertThat(each.state()).as(each.name()).isEqualTo(UNAVAILABLE);
                    assertThat(each.evidence()).contains(osName);
                    assertThat(each.fix()).isNotBlank();
                });
        assertThat(report.capabilities())
                .hasSameSizeAs(new FakeMachine(root).report().capabilities());
        assertThat(report.find("jdk").orElseThrow().evidence())
                .contains(Runtime.version().toString());
        assertThat(report.canRun()).isFalse();
        assertThat(report.table()).contains("No shell command can be confined here");
    }

    @Test
    void this_very_machine_seen_as_a_mac_says_so() {
        DoctorReport report = Doctor.examine(Host.real(root, java.util.Map.of()).withOsName("Mac OS X"));
        assertThat(report.find("seccomp").orElseThrow())
                .isEqualTo(new Capability(
                        "seccomp",
                        UNAVAILABLE,
                        "it is looked for on Linux only, and this machine runs Mac OS X",
                        "run mayfly on Linux, for example in a virtual machine"));
    }

    @ParameterizedTest
    @CsvSource({
        "6.18.44, amd64, ACTIVE",
        "5.14.0-427.el9, aarch64, ACTIVE",
        "5.10.0, amd64, DEGRADED",
        "5.4.0, amd64, UNAVAILABLE",
        "4.19, amd64, UNAVAILABLE",
        "6.18.0, riscv64, UNAVAILABLE",
        "strange, amd64, DEGRADED"
    })
    void the_kernel_is_judged_by_version_and_architecture(
            String release, String architecture, CapabilityState expected) {
        machine.file("/proc/sys/kernel/osrelease", release + "\n");
        machine.architecture = architecture;
        assertThat(machine.capability("kernel").state()).isEqualTo(expected);
        assertThat(machine.capability("kernel").evidence()).contains(release).contains(architecture);
    }

    @Test
    void a_forbidden_namespace_names_the_obstacle_and_its_removal() {
        machine.superUser = false;
        machine.commands.put("unshare --user", new Outcome(1, "unshare: unshare failed: Operation not permitted\n"));
        assertThat(machine.capability("user-ns"))
                .isEqualTo(new Capability(
                        "user-ns",
                        UNAVAILABLE,
                        "unshare: unshare failed: Operation not permitted",
                        "run as root, or ask whoever confines this machine to allow namespaces"));

        machine.file("/.dockerenv", "");
        assertThat(machine.capability("user-ns").fix()).contains("--privileged");

        machine.file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        assertThat(machine.capability("user-ns").evidence())
                .endsWith("AppArmor forbids user namespaces to unconfined programs");
        assertThat(machine.capability("net-ns").fix())
                .isEqualTo("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");

        machine.file("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
        assertThat(machine.capability("user-ns").fix()).isEqualTo("sysctl -w kernel.unprivileged_userns_clone=1");

        machine.file("/proc/sys/user/max_user_namespaces", "0\n");
        assertThat(machine.capability("user-ns").fix()).isEqualTo("sysctl -w user.max_user_namespaces=15000");
        assertThat(machine.report().canRunNative()).isFalse();
    }

    @Test
    void a_namespace_that_could_not_be_tried_is_not_called_active() {
        machine.programs.remove("unshare");
        assertThat(machine.capability("pid-ns").state()).isEqualTo(DEGRADED);
        machine.remove("/proc/self/ns/pid");
        assertThat(machine.capability("pid-ns").state()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void hybrid_control_groups_are_found_where_the_sandbox_makes_its_own() {
        assertThat(machine.capability("cgroup").evidence())
                .isEqualTo("hybrid: v1 controllers cpu, memory, pids; v2 at /sys/fs/cgroup/unified");
        assertThat(machine.capability("cgroup-memory").evidence())
                .isEqualTo("v1: a group can be made in /sys/fs/cgroup/memory");
        assertThat(machine.capability("cgroup-pids").evidence())
                .isEqualTo("v1: a group can be made in /sys/fs/cgroup/pids");
        assertThat(machine.capability("cgroup-kill").state()).isEqualTo(DEGRADED);
    }

    @Test
    void pure_version_2_needs_the_controller_and_a_writable_subtree() {
        machine.file("/proc/self/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
        machine.file("/proc/self/cgroup", "0::/user.slice\n");
        machine.file("/sys/fs/cgroup/user.slice/cgroup.controllers", "cpu memory\n");
        machine.file("/sys/fs/cgroup/user.slice/cgroup.subtree_control", "\n");

        assertThat(machine.capability("cgroup").evidence()).isEqualTo("v2: v2 at /sys/fs/cgroup/user.slice");
        assertThat(machine.capability("cgroup-memory").state()).isEqualTo(ACTIVE);
        assertThat(machine.capability("cgroup-pids"))
                .satisfies(each -> assertThat(each.state()).isEqualTo(UNAVAILABLE))
                .satisfies(each -> assertThat(each.evidence()).endsWith("has only cpu memory"))
                .satisfies(each -> assertThat(each.fix()).contains("systemd-run --user --scope -p Delegate=yes"));
        machine.remove("/sys/fs/cgroup/user.slice/cgroup.subtree_control");
        assertThat(machine.capability("cgroup-memory").state()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void who_is_not_root_or_root_of_few_ids_is_told_what_the_default_policy_misses() {
        assertThat(machine.capability("uid").state()).isEqualTo(ACTIVE);
        assertThat(machine.report().table()).doesNotContain("--allow-degraded");
        machine.file("/proc/self/uid_map", "         0       1000          1\n");
        assertThat(machine.capability("uid").state()).isEqualTo(DEGRADED);
        machine.file("/proc/self/uid_map", "         0          0 4294967295\n");
        assertThat(machine.capability("uid").state()).isEqualTo(ACTIVE);
        machine.superUser = false;
        assertThat(machine.capability("uid").fix()).contains("sudo ./mayfly");
        assertThat(machine.report().table()).contains("The default policy requires uid as well");
    }

    @Test
    void no_control_groups_at_all_is_said_and_mended() {
        machine.file("/proc/self/mounts", "proc /proc proc rw 0 0\n");
        assertThat(machine.capability("cgroup").state()).isEqualTo(UNAVAILABLE);
        assertThat(machine.capability("cgroup-cpu").fix()).contains("mount -t cgroup2");
    }

    @Test
    void a_control_group_that_cannot_be_made_is_unavailable_with_the_reason() {
        machine.remove("/sys/fs/cgroup/cpu");
        machine.file("/sys/fs/cgroup/cpu", "not a folder");
        assertThat(machine.capability("cgroup-cpu").state()).isEqualTo(UNAVAILABLE);
        assertThat(machine.capability("cgroup-cpu").evidence()).contains("no group can be made in /sys/fs/cgroup/cpu");
    }

    @Test
    void confinement_says_what_the_kernel_said() {
        machine.seccomp = FakeMachine.no(Errno.EINVAL);
        machine.landlock = FakeMachine.no(Errno.EOPNOTSUPP);
        assertThat(machine.capability("seccomp").evidence()).contains("EINVAL (errno 22)");
        assertThat(machine.capability("seccomp-notify").state()).isEqualTo(UNAVAILABLE);
        assertThat(machine.capability("landlock").evidence()).isEqualTo("EOPNOTSUPP (errno 95)");
        assertThat(machine.capability("landlock").fix()).contains("lsm=");
        assertThat(machine.report().canRun()).isFalse();

        machine.landlock = new CallResult(3, Errno.NONE);
        assertThat(machine.capability("landlock").state()).isEqualTo(DEGRADED);
        assertThat(machine.capability("landlock").evidence()).isEqualTo("ABI 3: files, links and renames, truncation");
    }

    @Test
    void network_mediation_follows_from_bpf_version_and_root() {
        machine.bpf = FakeMachine.no(Errno.EPERM);
        machine.file("/proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
        assertThat(machine.capability("bpf").evidence())
                .isEqualTo("no map can be made: EPERM (errno 1); kernel.unprivileged_bpf_disabled is 2");
        assertThat(machine.capability("net-mediation").evidence()).startsWith("it needs bpf: no map can be made");
        machine.bpf = new CallResult(9, Errno.NONE);
        machine.superUser = false;
        assertThat(machine.capability("net-mediation").state()).isEqualTo(UNAVAILABLE);
        assertThat(machine.capability("uprobes").evidence()).contains("this is not root");
    }

    @Test
    void fuse_and_its_passthrough_are_told_apart() {
        machine.file("/boot/config-6.18.44-test", "# CONFIG_FUSE_PASSTHROUGH is not set\n");
        assertThat(machine.capability("fuse").state()).isEqualTo(ACTIVE);
        assertThat(machine.capability("fuse-passthrough").state()).isEqualTo(UNAVAILABLE);
        machine.remove("/boot/config-6.18.44-test");
        assertThat(machine.capability("fuse-passthrough").state()).isEqualTo(DEGRADED);
        machine.superUser = false;
        machine.programs.remove("fusermount3");
        assertThat(machine.capability("fuse").fix()).isEqualTo("apt-get install fuse3");
        machine.open = FakeMachine.no(Errno.EACCES);
        assertThat(machine.capability("fuse").evidence()).isEqualTo("/dev/fuse cannot be opened: EACCES (errno 13)");
        machine.remove("/dev/fuse");
        assertThat(machine.capability("fuse").fix()).startsWith("modprobe fuse");
    }

    @Test
    void devices_and_programs_that_are_missing_say_how_to_get_them() {
        machine.programs.clear();
        machine.kvm = FakeMachine.no(Errno.EACCES);
        machine.remove("/sys/class/infiniband");
        machine.reflink = FakeMachine.no(Errno.EOPNOTSUPP);
        machine.launcher = new LauncherBinary.Missing("no launcher", "build one");
        assertThat(machine.capability("qemu").fix()).isEqualTo("apt-get install qemu-system-x86 qemu-utils");
        assertThat(machine.capability("bwrap").fix()).isEqualTo("apt-get install bubblewrap");
        assertThat(machine.capability("c-compiler").fix()).isEqualTo("apt-get install gcc libc6-dev");
        assertThat(machine.capability("kvm").fix()).startsWith("usermod -aG kvm");
        assertThat(machine.capability("rdma").fix()).contains("rdma link add");
        assertThat(machine.capability("reflink").fix()).contains("MAYFLY_HOME");
        assertThat(machine.capability("launcher"))
                .isEqualTo(new Capability("launcher", UNAVAILABLE, "no launcher", "build one"));
        assertThat(machine.report().canRun()).isFalse();
    }

    @Test
    void a_launcher_for_another_machine_is_not_called_active() {
        machine.commands.put("mayfly-launcher", new Outcome(127, "IO: Exec format error"));
        assertThat(machine.capability("launcher").state()).isEqualTo(UNAVAILABLE);
        assertThat(machine.capability("launcher").evidence()).endsWith("does not run here: IO: Exec format error");
        assertThat(machine.report().canRunNative()).isFalse();
        assertThat(machine.report().canRunBubblewrap()).isTrue();
        assertThat(machine.report().table())
                .endsWith("Untrusted code can run here, in bubblewrap; the native sandbox lacks launcher.\n");
    }

    @Test
    void rdma_ports_are_listed_with_their_state() {
        assertThat(machine.capability("rdma").evidence()).isEqualTo("mlx5_0/1 Ethernet 4: ACTIVE");
        machine.file("/sys/class/infiniband/mlx5_0/ports/1/state", "1: DOWN\n");
        assertThat(machine.capability("rdma").state()).isEqualTo(DEGRADED);
        machine.remove("/dev/infiniband");
        assertThat(machine.capability("rdma").fix()).isEqualTo("modprobe ib_uverbs");
    }

    @Test
    void services_are_in_the_table_only_when_they_are_configured() {
        assertThat(machine.report().find("nats")).isEmpty();
        assertThat(machine.report().find("rqlite")).isEmpty();

        machine.services.put("nats", "nats://me:secret@queue.example");
        machine.services.put("rqlite", "http://[::1]:4001");
        assertThat(machine.capability("nats").evidence()).isEqualTo("nats://queue.example: nobody there");

        machine.network.put("[::1]:4001", new Answer.Said("HTTP/1.0 200 OK\r\n\r\n[+]node ok"));
        assertThat(machine.capability("rqlite").state()).isEqualTo(ACTIVE);

        machine.network.put("[::1]:4001", new Answer.Said("HTTP/1.0 503 Service Unavailable\r\n"));
        assertThat(machine.capability("rqlite").evidence()).endsWith("is not ready: HTTP/1.0 503 Service Unavailable");

        machine.network.put("queue.example:4222", new Answer.Said("SSH-2.0-OpenSSH\r\n"));
        machine.services.put("rqlite", "not an address");
        assertThat(machine.capability("nats").evidence()).endsWith("not as NATS does");
        assertThat(machine.capability("rqlite").fix()).isEqualTo("write it like http://127.0.0.1:4001");
    }

    @Test
    void a_probe_that_breaks_does_not_hide_the_others() {
        machine.landlock = null;
        DoctorReport report = machine.report();
        assertThat(report.find("landlock").orElseThrow().evidence()).startsWith("the probe itself failed: ");
        assertThat(report.find("kernel").orElseThrow().state()).isEqualTo(ACTIVE);
    }

    @Test
    void probing_leaves_nothing_behind() throws IOException {
        Set<String> before = tree();
        machine.report();
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void the_report_is_shown_as_a_table_and_as_json() {
        DoctorReport report = new DoctorReport(
                "Linux",
                "amd64",
                List.of(
                        Capability.active("kernel", "Linux 6.18"),
                        Capability.unavailable("bwrap", "not on PATH", "apt-get install bubblewrap")));
        assertThat(report.table()).isEqualTo("""
                kernel  active       Linux 6.18
                bwrap   unavailable  not on PATH
                                     fix: apt-get install bubblewrap

                No shell command can be confined here: the native sandbox lacks launcher, user-ns, pid-ns, mount-ns, \
                ipc-ns, uts-ns, net-ns, seccomp, bubblewrap lacks bwrap, seccomp.
                """);
        assertThat(JsonWriter.compact(report.json())).isEqualTo("""
                {"os":"Linux","arch":"amd64","can_run":false,"backends":{"native":false,"bwrap":false},"capabilities":[\
                {"name":"kernel","state":"active","evidence":"Linux 6.18","fix":""},\
                {"name":"bwrap","state":"unavailable","evidence":"not on PATH","fix":"apt-get install bubblewrap"}]}""");
    }

    private Set<String> tree() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return new HashSet<>(files.map(Path::toString).toList());
        }
    }
}
