package dev.mayfly.sandbox.cgroup;

/**
 * Limits of one run over its whole tree.
 *
 * @param pids tasks, threads included
 */
public record GroupLimits(long memoryBytes, long pids) {
    public GroupLimits {
        if (memoryBytes < 1 || pids < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
