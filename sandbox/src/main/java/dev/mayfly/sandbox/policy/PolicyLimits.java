package dev.mayfly.sandbox.policy;

/** The {@code limits} of a policy, in the units of its keys. */
public record PolicyLimits(
        long cpuMs,
        long memoryMb,
        long wallSec,
        long pids,
        long fsizeMb,
        long nofile,
        long diskMb,
        long stdoutKb,
        long outputMb) {
    public static final PolicyLimits DEFAULT = new PolicyLimits(5_000, 512, 15, 256, 64, 256, 64, 1_024, 16);
}
