package dev.mayfly.sandbox.seccomp;

import java.util.Locale;
import java.util.Optional;

/** An architecture for which filters can be generated; the value is AUDIT_ARCH_* of include/uapi/linux/audit.h. */
public enum Arch {
    X86_64(0xC000003E, "x86_64"),
    AARCH64(0xC00000B7, "aarch64");

    private final int audit;
    private final String word;

    Arch(int audit, String word) {
        this.audit = audit;
        this.word = word;
    }

    /** What {@code struct seccomp_data.arch} holds for calls of this architecture. */
    public int audit() {
        return audit;
    }

    /** As {@code uname -m} says it. */
    public String word() {
        return word;
    }

    public static Optional<Arch> ofAudit(int audit) {
        for (Arch arch : values()) {
            if (arch.audit == audit) {
                return Optional.of(arch);
            }
        }
        return Optional.empty();
    }

    /** From the {@code os.arch} property; empty on a machine for which there is no table. */
    public static Optional<Arch> ofMachine(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(X86_64);
            case "aarch64", "arm64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }

    /** The architecture this JVM runs on. */
    public static Optional<Arch> current() {
        return ofMachine(System.getProperty("os.arch", ""));
    }
}
