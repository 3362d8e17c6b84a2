package dev.mayfly.env.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** A machine with few process numbers, so that they are soon used again. Number 1 never ends and takes orphans. */
final class FakeProcesses implements ProcessTable {
    static final int REAPER = 1;

    private record Process(long start, int parent) {}

    private final Process[] table;
    private final List<Integer> alive = new ArrayList<>();
    private final Map<Integer, Integer> place = new HashMap<>();
    private long clock = 1;

    FakeProcesses(int numbers) {
        table = new Process[numbers + 2];
        add(REAPER, REAPER);
    }

    private void add(int pid, int parent) {
        table[pid] = new Process(clock++, parent);
        place.put(pid, alive.size());
        alive.add(pid);
    }

    int size() {
        return alive.size();
    }

    boolean isFull() {
        return alive.size() >= table.length - 1;
    }

    int any(Random random) {
        return alive.get(random.nextInt(alive.size()));
    }

    /** A free number, drawn at random: reuse is much more common than with any kernel. */
    int fork(int parent, Random random) {
        int pid;
        do {
            pid = REAPER + 1 + random.nextInt(table.length - 2);
        } while (table[pid] != null);
        add(pid, parent);
        return pid;
    }

    ProcessId exit(int pid) {
        Process gone = table[pid];
        table[pid] = null;
        int at = place.remove(pid);
        int last = alive.removeLast();
        if (last != pid) {
            alive.set(at, last);
            place.put(last, at);
        }
        for (int each : alive) {
            if (table[each].parent == pid) {
                table[each] = new Process(table[each].start, REAPER);
            }
        }
        return new ProcessId(pid, gone.start);
    }

    List<Integer> children(int pid) {
        return alive.stream()
                .filter(each -> each != pid && table[each].parent == pid)
                .toList();
    }

    @Override
    public long startTime(int pid) {
        return pid >= table.length || table[pid] == null ? NOBODY : table[pid].start;
    }

    @Override
    public OptionalInt parent(int pid) {
        return pid >= table.length || table[pid] == null ? OptionalInt.empty() : OptionalInt.of(table[pid].parent);
    }
}
