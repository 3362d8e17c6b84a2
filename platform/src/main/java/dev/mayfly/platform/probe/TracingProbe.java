package dev.mayfly.platform.probe;

import dev.mayfly.platform.linux.CallResult;
import java.util.List;
import java.util.Optional;

/** BPF and what hangs on it: mediation of a box's network, uprobes, kprobes, type information. */
final class TracingProbe implements Probe {
    private static final String EVENTS = "/sys/bus/event_source/devices/";

    @Override
    public List<String> names() {
        return List.of("bpf", "net-mediation", "uprobes", "kprobes", "btf");
    }

    @Override
    public List<Capability> examine(Host host) {
        Capability bpf = bpf(host);
        return List.of(
                bpf,
                mediation(host, bpf),
                probes(host, "uprobes", "uprobe", "CONFIG_UPROBE_EVENTS"),
                probes(host, "kprobes", "kprobe", "CONFIG_KPROBE_EVENTS"),
                btf(host));
    }

    private static Capability bpf(Host host) {
        CallResult map = host.kernel().bpfMap();
        if (map.ok()) {
            return Capability.active("bpf", "a map was made");
        }
        String disabled = host.files()
                .read("/proc/sys/kernel/unprivileged_bpf_disabled")
                .filter(value -> !value.equals("0"))
                .map(value -> "; kernel.unprivileged_bpf_disabled is " + value)
                .orElse("");
        return Capability.unavailable(
                "bpf",
                "no map can be made: " + map.errno().describe() + disabled,
                "run as root, or: setcap cap_bpf,cap_net_admin,cap_perfmon+ep \"$(readlink -f \"$(command -v java)\")\"");
    }

    /** A socket lookup program in the box's network namespace, attached with CAP_NET_ADMIN and CAP_SYS_ADMIN. */
    private static Capability mediation(Host host, Capability bpf) {
        String name = "net-mediation";
        Optional<KernelVersion> version = KernelVersion.of(host);
        if (version.isEmpty() || !version.get().atLeast(5, 9)) {
            return Capability.unavailable(
                    name, "socket lookup programs came with Linux 5.9", "upgrade the kernel to 5.9 or newer");
        }
        if (bpf.state() != CapabilityState.ACTIVE) {
            return Capability.unavailable(name, "it needs bpf: " + bpf.evidence(), bpf.fix());
        }
        return host.kernel().superUser()
                ? Capability.active(name, "Linux " + version.get() + " as root, with bpf")
                : Capability.unavailable(
                        name,
                        "entering a box's network namespace needs root; runs without network work",
                        "run as root");
    }

    private static Capability probes(Host host, String name, String device, String option) {
        Optional<String> type = host.files().read(EVENTS + device + "/type");
        if (type.isEmpty()) {
            return Capability.unavailable(
                    name, EVENTS + device + " does not exist", "use a kernel with " + option + "=y");
        }
        if (host.kernel().superUser()) {
            return Capability.active(name, "event source of type " + type.get());
        }
        return Capability.unavailable(
                name,
                "kernel.perf_event_paranoid is "
                        + host.files()
                                .read("/proc/sys/kernel/perf_event_paranoid")
                                .orElse("unknown")
                        + " and this is not root",
                "run as root");
    }

    private static Capability btf(Host host) {
        return host.files().exists("/sys/kernel/btf/vmlinux")
                ? Capability.active("btf", "/sys/kernel/btf/vmlinux")
                : Capability.unavailable(
                        "btf", "/sys/kernel/btf/vmlinux does not exist", "use a kernel with CONFIG_DEBUG_INFO_BTF=y");
    }
}
