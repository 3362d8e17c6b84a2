package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** KVM and QEMU, for runners that are virtual machines. */
final class VirtualisationProbe implements Probe {
    /** The only version there ever was since Linux 2.6.22. */
    private static final int KVM_API = 12;

    @Override
    public List<String> names() {
        return List.of("kvm", "qemu");
    }

    @Override
    public List<Capability> examine(Host host) {
        return List.of(kvm(host), qemu(host));
    }

    private static Capability kvm(Host host) {
        if (!host.files().exists("/dev/kvm")) {
            return Capability.unavailable(
                    "kvm",
                    "/dev/kvm does not exist",
                    "modprobe kvm_intel || modprobe kvm_amd   # needs virtualisation in the firmware, or nested");
        }
        CallResult version = host.kernel().kvmVersion(host.files().resolve("/dev/kvm"));
        if (!version.ok()) {
            return Capability.unavailable(
                    "kvm",
                    "/dev/kvm cannot be used: " + version.errno().describe(),
                    "usermod -aG kvm \"$USER\"   # then log in again");
        }
        return version.value() == KVM_API
                ? Capability.active("kvm", "API version " + KVM_API)
                : Capability.unavailable(
                        "kvm", "API version " + version.value() + " is not known", "use a kernel of 2.6.22 or newer");
    }

    private static Capability qemu(Host host) {
        boolean arm = Machine.of(host.architecture()) == Machine.AARCH64;
        String program = arm ? "qemu-system-aarch64" : "qemu-system-x86_64";
        String install =
                arm ? "apt-get install qemu-system-arm qemu-utils" : "apt-get install qemu-system-x86 qemu-utils";
        Optional<Path> found = host.commands().find(program);
        if (found.isEmpty()) {
            return Capability.unavailable("qemu", program + " is not on PATH", install);
        }
        HostCommands.Outcome version = host.commands().run(List.of(found.get().toString(), "--version"));
        return version.ok()
                ? Capability.active("qemu", version.firstLine() + " at " + found.get())
                : Capability.unavailable("qemu", found.get() + ": " + version.complaint(), install);
    }
}
