package dev.mayfly.sandbox.seccomp;

import java.util.OptionalInt;

/** Names for the numbers that the kernel reports. */
public final class SyscallName {
    private SyscallName() {}

    /** For example {@code ptrace}; {@code syscall 999} when the number is in no table. */
    public static String of(Arch arch, int number) {
        return SyscallTable.of(arch).name(number);
    }

    /** The way back; empty when this architecture has no call of this name. */
    public static OptionalInt number(Arch arch, String name) {
        return SyscallTable.of(arch).number(name);
    }
}
