package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.Machine;
import java.util.List;
import java.util.Optional;

/** Version and architecture: what the launcher and the filters were written for. */
final class KernelProbe implements Probe {
    private static final String NAME = "kernel";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public List<Capability> examine(Host host) {
        String release = host.files().read("/proc/sys/kernel/osrelease").orElse("of unknown version");
        String evidence = "Linux " + release + ", " + host.architecture();
        Optional<KernelVersion> version = KernelVersion.parse(release);
        if (Machine.of(host.architecture()) == Machine.OTHER) {
            return List.of(Capability.unavailable(
                    NAME,
                    evidence + ": no system-call table for this architecture",
                    "use an x86-64 or aarch64 machine"));
        }
        if (version.isEmpty()) {
            return List.of(Capability.degraded(NAME, evidence, "mount -t proc proc /proc"));
        }
        // 5.9: close_range; openat2 (5.6) and the file-system mount API (5.2) came before.
        if (!version.get().atLeast(5, 9)) {
            return List.of(Capability.unavailable(
                    NAME, evidence + ": the launcher needs 5.9 or newer", "upgrade the kernel to 5.14 or newer"));
        }
        // 5.13: Landlock; 5.14: cgroup.kill.
        return List.of(
                version.get().atLeast(5, 14)
                        ? Capability.active(NAME, evidence)
                        : Capability.degraded(
                                NAME,
                                evidence + ": no cgroup.kill before 5.14",
                                "upgrade the kernel to 5.14 or newer"));
    }
}
