package dev.mayfly.sandbox.cgroup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** No control groups: nothing is limited here and nothing counted. The layers say so. */
record NoSlotGroup(int number) implements SlotGroup {
    @Override
    public void enterLauncher(long pid) {}

    @Override
    public LauncherPaths launcherPaths() {
        return new LauncherPaths(Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    @Override
    public List<Path> joinFiles() {
        return List.of();
    }

    @Override
    public void begin(GroupLimits limits) {}

    @Override
    public GroupUsage end() {
        return GroupUsage.UNKNOWN;
    }

    @Override
    public void kill() {}

    @Override
    public boolean empty() {
        return true;
    }

    @Override
    public void close() {}
}
