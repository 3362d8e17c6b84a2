package dev.mayfly.platform.probe;

import dev.mayfly.platform.probe.HostCommands.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes each kind of namespace, in a process that ends at once. Whether the kernel has them says little: containers,
 * sysctls and security modules forbid them one by one.
 */
final class NamespaceProbe implements Probe {
    /** Capability, option of unshare(1), file below /proc/self/ns, sysctl below /proc/sys/user. */
    private record Kind(String name, List<String> options, String file, String sysctl) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("user-ns", List.of("--user", "--map-root-user"), "user", "max_user_namespaces"),
            new Kind("pid-ns", List.of("--pid", "--fork"), "pid", "max_pid_namespaces"),
            new Kind("mount-ns", List.of("--mount"), "mnt", "max_mnt_namespaces"),
            new Kind("ipc-ns", List.of("--ipc"), "ipc", "max_ipc_namespaces"),
            new Kind("uts-ns", List.of("--uts"), "uts", "max_uts_namespaces"),
            new Kind("net-ns", List.of("--net"), "net", "max_net_namespaces"));

    @Override
    public List<String> names() {
        return KINDS.stream().map(Kind::name).toList();
    }

    @Override
    public List<Capability> examine(Host host) {
        return KINDS.stream().map(kind -> examine(host, kind)).toList();
    }

    private static Capability examine(Host host, Kind kind) {
        if (!host.files().exists("/proc/self/ns/" + kind.file())) {
            return Capability.unavailable(
                    kind.name(),
                    "/proc/self/ns/" + kind.file() + " does not exist",
                    "use a kernel with " + kind.file() + " namespaces, and mount /proc");
        }
        if (host.commands().find("unshare").isEmpty()) {
            return Capability.degraded(
                    kind.name(),
                    "the kernel has it; not tried, since there is no unshare command",
                    "apt-get install util-linux");
        }
        List<String> command = command(kind, host.kernel().superUser());
        Outcome outcome = host.commands().run(command);
        if (outcome.ok()) {
            return Capability.active(kind.name(), "`" + String.join(" ", command) + "` works");
        }
        Optional<Map.Entry<String, String>> reason = reason(host, kind);
        return Capability.unavailable(
                kind.name(),
                outcome.complaint() + reason.map(each -> "; " + each.getKey()).orElse(""),
                reason.map(Map.Entry::getValue)
                        .orElse("run as root, or ask whoever confines this machine to allow namespaces"));
    }

    private static List<String> command(Kind kind, boolean superUser) {
        List<String> command = new ArrayList<>(List.of("unshare"));
        // Others than root get the right to make the rest only inside a user namespace of their own.
        if (!superUser && !kind.name().equals("user-ns")) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(kind.options());
        command.add("true");
        return command;
    }

    /** The first known obstacle and how to remove it. */
    private static Optional<Map.Entry<String, String>> reason(Host host, Kind kind) {
        HostFiles files = host.files();
        if (is(files, "/proc/sys/user/" + kind.sysctl(), "0")) {
            return Optional.of(
                    Map.entry("user." + kind.sysctl() + " is 0", "sysctl -w user." + kind.sysctl() + "=15000"));
        }
        if (!host.kernel().superUser() && is(files, "/proc/sys/kernel/unprivileged_userns_clone", "0")) {
            return Optional.of(
                    Map.entry("kernel.unprivileged_userns_clone is 0", "sysctl -w kernel.unprivileged_userns_clone=1"));
        }
        if (!host.kernel().superUser() && is(files, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")) {
            return Optional.of(Map.entry(
                    "AppArmor forbids user namespaces to unconfined programs",
                    "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"));
        }
        if (files.exists("/.dockerenv") || files.exists("/run/.containerenv")) {
            return Optional.of(Map.entry(
                    "this is a container",
                    "start the container with --privileged, or with --security-opt seccomp=unconfined"
                            + " --security-opt apparmor=unconfined --cap-add SYS_ADMIN"));
        }
        return Optional.empty();
    }

    private static boolean is(HostFiles files, String path, String value) {
        return files.read(path).filter(value::equals).isPresent();
    }
}
