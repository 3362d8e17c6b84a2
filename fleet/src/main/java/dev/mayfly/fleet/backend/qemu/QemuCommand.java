package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.image.Template;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of one machine, which is started in the folder of its bundle: names without a folder are there. */
final class QemuCommand {
    /** What the guest's console needs, and nothing that takes time at boot. */
    private static final String KERNEL =
            "console=ttyS0 quiet net.ifnames=0 random.trust_cpu=on mitigations=off audit=0 panic=-1";

    /** By which the guest's agent finds its port. */
    private static final String PORT = "dev.mayfly.guest.0";

    private QemuCommand() {}

    /**
     * @param label what its process is called
     * @param identity what its firmware and card say at boot; a machine that is restored has them from its state, until
     *     its guest has been told better
     * @param network what the guest's card leads to
     */
    static List<String> of(
            QemuSettings settings,
            Accelerator accelerator,
            String label,
            Shape shape,
            Identity identity,
            DiskClone.Way disk,
            Memory memory,
            String network) {
        Template template = settings.template();
        List<String> line = new ArrayList<>(List.of(
                // A session of its own: what is typed at the agent's terminal must not end the machine.
                "setsid",
                settings.program().toString(),
                "-name",
                label,
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-accel",
                accelerator.word(),
                "-smp",
                Integer.toString(shape.cpus()),
                "-m",
                shape.memoryMebibytes() + "M",
                "-uuid",
                uuid(identity.machine().value())));
        memory(line, shape, memory);
        add(line, "-kernel", template.kernel().toString());
        add(line, "-initrd", template.loader().toString());
        add(line, "-append", KERNEL);
        add(line, "-serial", "file:" + Bundle.CONSOLE);
        add(
                line,
                "-blockdev",
                "driver=" + disk.format() + ",node-name=disk,file.driver=file,file.filename=" + disk.fileName()
                        // A machine that is destroyed with its host need not wait for the host's disk.
                        + ",cache.no-flush=on,discard=unmap");
        add(line, "-device", "virtio-blk-pci,drive=disk");
        int number = 1;
        for (Path shared : settings.disks()) {
            String node = "shared" + number++;
            add(
                    line,
                    "-blockdev",
                    "driver=raw,read-only=on,node-name=" + node + ",file.driver=file,file.filename=" + escaped(shared));
            add(line, "-device", "virtio-blk-pci,drive=" + node);
        }
        add(line, "-netdev", network);
        add(line, "-device", "virtio-net-pci,netdev=net,mac=" + identity.mac());
        add(line, "-device", "virtio-rng-pci");
        add(line, "-device", "virtio-serial-pci");
        add(line, "-chardev", "socket,id=guest,path=" + Bundle.GUEST + ",server=on,wait=off");
        add(line, "-device", "virtserialport,chardev=guest,name=" + PORT);
        add(line, "-qmp", QemuFiles.CONTROL_OPTION);
        add(line, "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        return line;
    }

    /**
     * The guest reaches neither this host nor anything behind it.
     *
     * @param port of the loopback, which leads to the guest's SSH
     */
    static String apart(int port) {
        return "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:" + port + "-:22";
    }

    /** Everything goes to where QEMU itself runs: a network that is held. */
    static String held() {
        return "user,id=net,ipv6=off,hostfwd=tcp:127.0.0.1:22-:22";
    }

    private static void memory(List<String> line, Shape shape, Memory memory) {
        String size = ",id=memory,size=" + shape.memoryMebibytes() + "M";
        switch (memory) {
            case Memory.Fresh() -> add(line, "-M", "q35");
            case Memory.Kept(Path file) -> {
                add(line, "-object", "memory-backend-file" + size + ",share=on,mem-path=" + escaped(file));
                add(line, "-M", "q35,memory-backend=memory");
            }
            case Memory.Shared(Path file) -> {
                add(line, "-object", "memory-backend-file" + size + ",share=off,mem-path=" + escaped(file));
                add(line, "-M", "q35,memory-backend=memory");
                add(line, "-incoming", "defer");
            }
        }
    }

    private static void add(List<String> line, String option, String value) {
        line.add(option);
        line.add(value);
    }

    /** A comma ends a value for QEMU, so that of a path is written twice. */
    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }

    private static String uuid(String hex) {
        return hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                + hex.substring(16, 20) + "-" + hex.substring(20);
    }
}
