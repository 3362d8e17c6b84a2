package dev.mayfly.sandbox.seccomp;

/** Names for what a filter reports. */
public final class SyscallName {
    private SyscallName() {}

    /** For example {@code ptrace}; {@code syscall 999} when the number is in no table. */
    public static String of(Arch arch, int number) {
        return SyscallTable.of(arch).name(number);
    }
}
