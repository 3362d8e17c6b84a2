package dev.mayfly.fleet.backend.qemu;

import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs the guest's instructions. */
public enum Accelerator {
    KVM,
    /** QEMU itself, ten times slower. */
    TCG;

    /**
     * That /dev/kvm can be opened proves nothing: under some hypervisors it is there and runs only kernels made for it. The
     * modules of the processor's own virtualisation are what makes it fit for any.
     */
    public static Accelerator here(Path root) {
        boolean module = Files.isDirectory(root.resolve("sys/module/kvm_intel"))
                || Files.isDirectory(root.resolve("sys/module/kvm_amd"));
        Path device = root.resolve("dev/kvm");
        return module && Files.isReadable(device) && Files.isWritable(device) ? KVM : TCG;
    }

    public String word() {
        return switch (this) {
            case KVM -> "kvm";
            case TCG -> "tcg";
        };
    }
}
