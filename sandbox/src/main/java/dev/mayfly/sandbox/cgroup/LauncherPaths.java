package dev.mayfly.sandbox.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Files of a slot's groups that the launcher itself uses.
 *
 * @param jobLeaf v2 group into which it clones jobs
 * @param kill its {@code cgroup.kill}
 * @param cpuUsage to watch a run's processor time
 */
public record LauncherPaths(
        Optional<Path> jobLeaf,
        Optional<Path> kill,
        List<Path> cpuUsage,
        Optional<Path> oomEvents,
        Optional<Path> pidsEvents) {
    public LauncherPaths {
        cpuUsage = List.copyOf(cpuUsage);
    }
}
