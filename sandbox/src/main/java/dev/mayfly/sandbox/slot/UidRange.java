package dev.mayfly.sandbox.slot;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Kernel user ids of jobs: every slot has two (its init and its job) that no other slot of this machine has, because
 * equal ids could signal each other and count against each other's limits wherever a namespace does not separate them.
 *
 * @param first the lowest id of this process's block
 */
public record UidRange(long first) {
    private static final int IDS_PER_SLOT = 2;
    private static final int BLOCK = IDS_PER_SLOT * CgroupTree.MOST_SLOTS;

    /**
     * 0x70000000 up to 0x7fffffff are given to nobody by systemd's list of ids (systemd.io/UIDS-GIDS), and they are
     * positive where a program keeps ids in a signed int.
     */
    public static final long DEFAULT_BASE = 0x7000_0000L;

    private static final long DEFAULT_BLOCKS = 0x0fff_0000L / BLOCK;

    public UidRange {
        if (first < 1000 || first + BLOCK > 0xffff_0000L) {
            throw new IllegalArgumentException("user ids must be unprivileged ids, not " + first);
        }
    }

    /** What a backend uses: checked against the machine's own lists; empty when the service is not root. */
    public static Optional<UidRange> of(SlotSettings settings, InstanceId self) {
        if (settings.uidBase() == 0) {
            return Optional.empty();
        }
        UidRange range = forProcess(settings.uidBase(), self.pid());
        range.checkFree(Path.of("/"));
        return Optional.of(range);
    }

    /** A block that no other living process of this machine computes (pids are below 2^22, pid_max). */
    public static UidRange forProcess(long base, long pid) {
        return new UidRange(base + pid % DEFAULT_BLOCKS * BLOCK);
    }

    /**
     * Whether this root is an ordinary user outside its user namespace, with few ids to give. The root of the machine,
     * alone in a namespace, is not: jobs under its id would be root's.
     */
    public static boolean rootIsOrdinary(Path root) {
        for (String line : lines(root.resolve("proc/self/uid_map"))) {
            // user_namespaces(7): first id inside, first id outside, count
            List<String> range = List.of(line.trim().split("\\s+", -1));
            if (range.size() == 3 && range.getFirst().equals("0")) {
                return !range.get(1).equals("0") && Long.parseLong(range.get(2)) < DEFAULT_BASE;
            }
        }
        return false;
    }

    /** The first of the slot's two ids. */
    public long ofSlot(int slot) {
        return first + (long) slot * IDS_PER_SLOT;
    }

    /** Refuses a block that overlaps what {@code /etc/subuid} or {@code /etc/subgid} give to users of this machine. */
    public void checkFree(Path root) {
        for (String name : List.of("etc/subuid", "etc/subgid")) {
            for (String line : lines(root.resolve(name))) {
                String[] parts = line.split(":", -1);
                if (parts.length == 3 && overlaps(parts[1].trim(), parts[2].trim())) {
                    throw new MayflyException(
                            ErrorCode.CONFIGURATION_INVALID,
                            "user ids from " + first + " cannot be used for jobs",
                            "/" + name + " gives them to " + parts[0],
                            "set another base for job user ids");
                }
            }
        }
    }

    private boolean overlaps(String start, String count) {
        try {
            long from = Long.parseLong(start);
            return from < first + BLOCK && from + Long.parseLong(count) > first;
        } catch (NumberFormatException e) {
            return false; // a line that no tool understands gives nothing to anybody
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
