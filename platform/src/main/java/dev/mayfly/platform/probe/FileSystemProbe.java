package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.probe.HostCommands.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Overlay mounts, FUSE with passthrough, and sharing of file data in the state directory. */
final class FileSystemProbe implements Probe {
    private static final String OVERLAY_SCRIPT =
            "mount -t tmpfs none /tmp && cd /tmp && mkdir l u w m && mount -t overlay -o lowerdir=l,upperdir=u,workdir=w";

    @Override
    public List<String> names() {
        return List.of("overlayfs", "fuse", "fuse-passthrough", "reflink");
    }

    @Override
    public List<Capability> examine(Host host) {
        return List.of(overlay(host), fuse(host), passthrough(host), reflink(host));
    }

    private static Capability overlay(Host host) {
        String name = "overlayfs";
        boolean known = host.files().lines("/proc/filesystems").stream().anyMatch(line -> line.endsWith("\toverlay"));
        if (host.commands().find("unshare").isEmpty()) {
            return known
                    ? Capability.degraded(
                            name, "the kernel has it; not tried: no unshare", "apt-get install util-linux")
                    : Capability.unavailable(name, "not in /proc/filesystems", "modprobe overlay");
        }
        boolean superUser = host.kernel().superUser();
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        command.addAll(superUser ? List.of() : List.of("--user", "--map-root-user"));
        command.addAll(List.of("sh", "-c", OVERLAY_SCRIPT + (superUser ? "" : ",userxattr") + " none m"));
        Outcome outcome = host.commands().run(command);
        return outcome.ok()
                ? Capability.active(name, "mounted over a tmpfs in a mount namespace of its own")
                : Capability.unavailable(
                        name,
                        outcome.complaint(),
                        known
                                ? "run as root, or on a kernel of 5.11 or newer as a user"
                                : "modprobe overlay   # as root");
    }

    private static Capability fuse(Host host) {
        String name = "fuse";
        if (!host.files().exists("/dev/fuse")) {
            return Capability.unavailable(name, "/dev/fuse does not exist", "modprobe fuse   # as root");
        }
        CallResult opened = host.kernel().open(host.files().resolve("/dev/fuse"));
        if (!opened.ok()) {
            return Capability.unavailable(
                    name,
                    "/dev/fuse cannot be opened: " + opened.errno().describe(),
                    "chmod 666 /dev/fuse   # as root");
        }
        boolean mounts =
                host.kernel().superUser() || host.commands().find("fusermount3").isPresent();
        return mounts
                ? Capability.active(name, "/dev/fuse can be opened")
                : Capability.degraded(
                        name, "/dev/fuse can be opened, but only root can mount here", "apt-get install fuse3");
    }

    private static Capability passthrough(Host host) {
        String name = "fuse-passthrough";
        Optional<KernelVersion> version = KernelVersion.of(host);
        if (!host.files().exists("/dev/fuse")
                || version.isEmpty()
                || !version.get().atLeast(6, 9)) {
            return Capability.unavailable(
                    name,
                    host.files().exists("/dev/fuse")
                            ? "kernel " + version.map(KernelVersion::toString).orElse("unknown") + ", it came with 6.9"
                            : "/dev/fuse does not exist",
                    "upgrade the kernel to 6.9 or newer with CONFIG_FUSE_PASSTHROUGH=y");
        }
        Optional<String> built = KernelConfig.of(host).map(config -> config.value("CONFIG_FUSE_PASSTHROUGH"));
        if (built.isPresent() && !built.get().equals("y")) {
            return Capability.unavailable(
                    name,
                    "CONFIG_FUSE_PASSTHROUGH is not set in this kernel",
                    "use a kernel with CONFIG_FUSE_PASSTHROUGH=y");
        }
        if (!host.kernel().superUser()) {
            return Capability.unavailable(name, "the kernel grants it to root only", "run as root");
        }
        return built.isPresent()
                ? Capability.active(name, "kernel " + version.get() + ", CONFIG_FUSE_PASSTHROUGH=y")
                : Capability.degraded(
                        name,
                        "kernel " + version.get() + "; its configuration is not to be seen, so not proven",
                        "modprobe configs   # as root; shows /proc/config.gz");
    }

    private static Capability reflink(Host host) {
        String name = "reflink";
        Optional<Path> folder = nearestFolder(host.stateDirectory());
        if (folder.isEmpty() || !Files.isWritable(folder.get())) {
            return Capability.unavailable(
                    name,
                    host.stateDirectory() + " cannot be written",
                    "choose another place: export MAYFLY_HOME=/path/to/state");
        }
        CallResult cloned = host.kernel().reflink(folder.get());
        if (cloned.ok()) {
            return Capability.active(name, "a file in " + folder.get() + " was cloned");
        }
        boolean notThere = cloned.failedWith(Errno.EOPNOTSUPP)
                || cloned.failedWith(Errno.ENOTTY)
                || cloned.failedWith(Errno.EINVAL)
                || cloned.failedWith(Errno.ENOSYS);
        return Capability.unavailable(
                name,
                "cloning a file in " + folder.get() + ": "
                        + (notThere ? "this file system cannot, " : "")
                        + cloned.errno().describe(),
                "put the state on XFS or Btrfs: export MAYFLY_HOME=/mnt/xfs/mayfly   # until then files are copied");
    }

    private static Optional<Path> nearestFolder(Path path) {
        for (Path each = path.toAbsolutePath(); each != null; each = each.getParent()) {
            if (Files.isDirectory(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
