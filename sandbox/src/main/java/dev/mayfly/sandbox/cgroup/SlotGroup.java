package dev.mayfly.sandbox.cgroup;

import java.nio.file.Path;
import java.util.List;

/** The control groups of one slot. One owner at a time; {@link #close} waits briefly for the last process to be gone. */
public interface SlotGroup extends AutoCloseable {
    /** Free of others in this process, below {@link CgroupTree#MOST_SLOTS}; also chooses the slot's user ids. */
    int number();

    /** Puts the launcher where its jobs shall be limited; before it starts anything. */
    void enterLauncher(long pid);

    /** What the launcher needs to know. */
    LauncherPaths launcherPaths();

    /** {@code cgroup.procs} files that a job without a launcher writes itself into before it executes anything. */
    List<Path> joinFiles();

    /** Sets the limits of the next run and takes the counters' starting values. */
    void begin(GroupLimits limits);

    /** What the run that began last has used. */
    GroupUsage end();

    /** Kills every process of the current job, not the launcher. */
    void kill();

    /** Whether no process of a job is left. */
    boolean empty();

    @Override
    void close();
}
