package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * This process and those that started it: the shell, and whatever is above. Only they may be moved to another group of a
 * user's own; what somebody else does in that group is left alone.
 *
 * @param pids the youngest first
 */
record Lineage(List<Long> pids) {
    private static final int PARENT_AFTER_COMMAND = 1;
    private static final int DEEPEST = 64;

    Lineage {
        pids = List.copyOf(pids);
    }

    static Lineage of(Path root) {
        List<Long> pids = new ArrayList<>();
        Optional<Long> pid = Optional.of(ProcessHandle.current().pid());
        while (pid.isPresent() && pid.get() > 0 && pids.size() < DEEPEST) {
            pids.add(pid.get());
            pid = parent(root, pid.get());
        }
        return new Lineage(pids);
    }

    private static Optional<Long> parent(Path root, long pid) {
        try {
            String stat = Files.readString(
                    root.resolve("proc").resolve(Long.toString(pid)).resolve("stat"));
            // proc(5): the command name is in parentheses and may itself hold spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Optional.of(Long.parseLong(fields[PARENT_AFTER_COMMAND]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    boolean holdsAll(List<Long> others) {
        return pids.containsAll(others);
    }
}
