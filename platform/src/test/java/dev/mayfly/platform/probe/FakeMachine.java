package dev.mayfly.platform.probe;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A machine made of a folder and of stated answers. At first it has everything; tests take things away. */
final class FakeMachine implements HostCommands, HostKernel, HostNetwork {
    private static final CallResult YES = new CallResult(0, Errno.NONE);

    final Path root;
    final Set<String> programs = new HashSet<>(List.of("unshare", "cc", "bwrap", "fusermount3", "qemu-system-x86_64"));
    /** Answers by a piece of the command line; what is not named succeeds in silence. */
    final Map<String, Outcome> commands = new HashMap<>();

    final Map<String, HostNetwork.Answer> network = new HashMap<>();
    final Map<String, String> services = new HashMap<>();
    String osName = "Linux";
    String architecture = "amd64";
    boolean superUser = true;
    CallResult landlock = new CallResult(7, Errno.NONE);
    CallResult seccomp = YES;
    CallResult notification = new CallResult(80, Errno.NONE);
    CallResult bpf = YES;
    CallResult kvm = new CallResult(12, Errno.NONE);
    CallResult open = YES;
    CallResult reflink = YES;
    LauncherBinary launcher =
            new LauncherBinary.Found(Path.of("/opt/mayfly/libexec/mayfly-launcher"), "beside the program");

    FakeMachine(Path root) {
        this.root = root;
        file("/proc/sys/kernel/osrelease", "6.18.44-test\n");
        for (String kind : List.of("user", "pid", "mnt", "ipc", "uts", "net")) {
            file("/proc/self/ns/" + kind, "");
        }
        file("/proc/self/mounts", """
                tmpfs /sys/fs/cgroup tmpfs rw 0 0
                cgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu,cpuacct 0 0
                cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
                cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
                cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
                """);
        file("/proc/self/cgroup", "3:cpu,cpuacct:/\n2:memory:/jobs\n1:pids:/elsewhere\n0::/\n");
        for (String folder : List.of("cpu", "memory/jobs", "pids", "unified")) {
            folder("/sys/fs/cgroup/" + folder);
        }
        file("/proc/filesystems", "nodev\tproc\nnodev\toverlay\n");
        file("/dev/fuse", "");
        file("/dev/kvm", "");
        file("/boot/config-6.18.44-test", "CONFIG_FUSE_PASSTHROUGH=y\n");
        file("/sys/bus/event_source/devices/uprobe/type", "8\n");
        file("/sys/bus/event_source/devices/kprobe/type", "6\n");
        file("/sys/kernel/btf/vmlinux", "");
        file("/sys/class/infiniband/mlx5_0/ports/1/state", "4: ACTIVE\n");
        file("/sys/class/infiniband/mlx5_0/ports/1/link_layer", "Ethernet\n");
        file("/dev/infiniband/uverbs0", "");
        commands.put("mayfly-launcher", new Outcome(64, "usage: mayfly-launcher --socket PATH\n"));
        commands.put("bwrap --version", new Outcome(0, "bubblewrap 0.8.0\n"));
        commands.put("qemu-system-x86_64 --version", new Outcome(0, "QEMU emulator version 9.0\nCopyright\n"));
    }

    Host host() {
        return new Host(osName, architecture, new HostFiles(root), this, this, this, launcher, root, services);
    }

    DoctorReport report() {
        return Doctor.examine(host());
    }

    Capability capability(String name) {
        return report().find(name).orElseThrow();
    }

    void file(String path, String text) {
        try {
            Path file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void folder(String path) {
        try {
            Files.createDirectories(root.resolve(path.substring(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remove(String path) {
        try (var tree = Files.walk(root.resolve(path.substring(1)))) {
            for (Path each : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CallResult no(Errno errno) {
        return new CallResult(-1, errno);
    }

    @Override
    public Optional<Path> find(String program) {
        return programs.contains(program) ? Optional.of(Path.of("/usr/bin/" + program)) : Optional.empty();
    }

    @Override
    public Outcome run(List<String> command) {
        String line = String.join(" ", command);
        return commands.entrySet().stream()
                .filter(each -> line.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(new Outcome(0, ""));
    }

    @Override
    public boolean superUser() {
        return superUser;
    }

    @Override
    public CallResult landlockAbi() {
        return landlock;
    }

    @Override
    public CallResult seccompAction(int action) {
        return seccomp;
    }

    @Override
    public CallResult seccompNotification() {
        return notification;
    }

    @Override
    public CallResult bpfMap() {
        return bpf;
    }

    @Override
    public CallResult kvmVersion(Path device) {
        return kvm;
    }

    @Override
    public CallResult open(Path device) {
        return open;
    }

    @Override
    public CallResult reflink(Path folder) {
        return reflink;
    }

    @Override
    public HostNetwork.Answer ask(InetSocketAddress address, String request) {
        return network.getOrDefault(
                address.getHostString() + ":" + address.getPort(), new HostNetwork.Answer.Silent("nobody there"));
    }
}
