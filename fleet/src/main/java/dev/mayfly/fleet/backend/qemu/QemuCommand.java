package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.image.DiskClone;
import java.util.ArrayList;
import java.util.List;

/** The command line of one machine. */
final class QemuCommand {
    /** What the guest's console needs, and nothing that takes time at boot. */
    private static final String KERNEL =
            "console=ttyS0 quiet net.ifnames=0 random.trust_cpu=on mitigations=off audit=0 panic=-1";

    private QemuCommand() {}

    /** @param port of the loopback, which leads to the guest's SSH */
    static List<String> of(
            QemuSettings settings, Accelerator accelerator, Plan plan, Bundle bundle, DiskClone disk, int port) {
        long memory = Math.min(plan.type().memoryBytes(), settings.mostMemoryBytes());
        List<String> line = new ArrayList<>(List.of(
                // A session of its own: what is typed at the agent's terminal must not end the machine.
                "setsid",
                settings.program().toString(),
                "-name",
                plan.attempt().toString(),
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-M",
                "q35",
                "-accel",
                accelerator.word(),
                "-smp",
                Integer.toString(plan.type().cpus()),
                "-m",
                (memory >> 20) + "M",
                "-uuid",
                uuid(plan.identity().machine().value())));
        add(line, "-kernel", settings.template().kernel().toString());
        add(line, "-initrd", settings.template().loader().toString());
        add(line, "-append", KERNEL);
        // A comma ends a value for QEMU, so that of a path is written twice.
        add(line, "-serial", "file:" + escaped(bundle.console()));
        add(line, "-serial", "file:" + escaped(bundle.channel()));
        add(
                line,
                "-blockdev",
                "driver=" + disk.way().format() + ",node-name=disk,file.driver=file,file.filename="
                        // A machine that is destroyed with its host need not wait for the host's disk.
                        + escaped(disk.file()) + ",cache.no-flush=on,discard=unmap");
        add(line, "-device", "virtio-blk-pci,drive=disk");
        add(
                line,
                "-blockdev",
                "driver=raw,node-name=config,read-only=on,file.driver=file,file.filename=" + escaped(bundle.config()));
        add(line, "-device", "virtio-blk-pci,drive=config");
        // Restricted: the guest reaches neither this host nor anything behind it.
        add(line, "-netdev", "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:22");
        add(line, "-device", "virtio-net-pci,netdev=net,mac=" + plan.identity().mac());
        add(line, "-device", "virtio-rng-pci");
        add(line, "-qmp", "unix:" + escaped(bundle.control()) + ",server=on,wait=off");
        add(line, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        return line;
    }

    private static void add(List<String> line, String option, String value) {
        line.add(option);
        line.add(value);
    }

    private static String escaped(Object path) {
        return path.toString().replace(",", ",,");
    }

    private static String uuid(String hex) {
        return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20);
    }
}
