package dev.mayfly.env.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Finds the view of a process by its ancestry, once, and pins it.
 *
 * <p>A process is known by its number and its start time, and the start time is read at every question: no answer can be
 * that of an earlier owner of the number, however late the news of its end comes. At first sight the parents are climbed up
 * to the nearest process that is pinned or was registered. A step from child to parent is believed only when the child still
 * names the same parent after the parent's start time was read: a parent that ended in between would have been replaced by
 * the system's reaper, and a child never gets an old parent back, so the number cannot have changed hands. What was found is
 * pinned to each process on the way, and stays when a parent ends: orphans keep their view.
 *
 * <p>A process that was never seen while its parent lived and then lost it belongs to no view, because nothing says whose
 * it was; it is told apart from all others in {@link RouterCounts#strangers}.
 *
 * <p>Safe for concurrent use. A question that is answered from a pin takes no lock.
 *
 * @param <V> the name of a view
 */
public final class Router<V> {
    /** More steps than any real ancestry has; a table that is changing can show more. */
    private static final int HIGHEST = 256;

    private record Pin<V>(long startTime, V view) {}

    private final ProcessTable processes;
    private final Consumer<V> ended;
    private final Map<Integer, Pin<V>> pins = new ConcurrentHashMap<>();
    private final Map<V, Set<ProcessId>> members = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder strangers = new LongAdder();

    /** @param ended hears, under no lock of the caller's, when the last process of a view is gone */
    public Router(ProcessTable processes, Consumer<V> ended) {
        this.processes = processes;
        this.ended = ended;
    }

    /**
     * Gives a process a view, and with it all its descendants that have none yet, those to come as well.
     *
     * @return its identity; empty when there is no such process
     */
    public Optional<ProcessId> register(int pid, V view) {
        long start = processes.startTime(pid);
        if (start == ProcessTable.NOBODY) {
            return Optional.empty();
        }
        pin(pid, start, view);
        return Optional.of(new ProcessId(pid, start));
    }

    /** The view of the process that has this number now. */
    public Optional<V> route(int pid) {
        long start = processes.startTime(pid);
        Pin<V> pin = pins.get(pid);
        if (pin != null && pin.startTime == start) {
            hits.increment();
            return Optional.of(pin.view);
        }
        misses.increment();
        if (start == ProcessTable.NOBODY) {
            strangers.increment();
            return Optional.empty();
        }
        Optional<V> found = inherited(pid, start);
        if (found.isEmpty()) {
            strangers.increment();
        }
        return found;
    }

    /** Looks for the view of an ancestor, and pins it to all on the way: they belong to it, whether they ever ask or not. */
    private Optional<V> inherited(int pid, long start) {
        List<ProcessId> way = new ArrayList<>();
        way.add(new ProcessId(pid, start));
        int child = pid;
        long childStart = start;
        for (int step = 0; step < HIGHEST; step++) {
            OptionalInt parent = processes.parent(child);
            if (parent.isEmpty() || parent.getAsInt() == child) {
                return Optional.empty();
            }
            int candidate = parent.getAsInt();
            long candidateStart = processes.startTime(candidate);
            if (processes.startTime(child) != childStart) {
                // Gone; whatever was read may be about its successor.
                return Optional.empty();
            }
            if (!processes.parent(child).equals(parent)) {
                continue;
            }
            Pin<V> pin = pins.get(candidate);
            if (pin != null && pin.startTime == candidateStart) {
                way.forEach(each -> pin(each.pid(), each.startTime(), pin.view));
                return Optional.of(pin.view);
            }
            way.add(new ProcessId(candidate, candidateStart));
            child = candidate;
            childStart = candidateStart;
        }
        return Optional.empty();
    }

    private void pin(int pid, long start, V view) {
        ProcessId id = new ProcessId(pid, start);
        members.compute(view, (_, there) -> {
            Set<ProcessId> all = there == null ? ConcurrentHashMap.newKeySet() : there;
            all.add(id);
            return all;
        });
        Pin<V> before = pins.put(pid, new Pin<>(start, view));
        if (before != null && (before.startTime != start || !before.view.equals(view))) {
            leave(before.view, new ProcessId(pid, before.startTime));
        }
    }

    /** To be told when a process has ended; late and twice does no harm. */
    public void exited(ProcessId process) {
        Pin<V> pin = pins.get(process.pid());
        if (pin != null && pin.startTime == process.startTime() && pins.remove(process.pid(), pin)) {
            leave(pin.view, process);
        }
    }

    /** Looks for pinned processes that ended without our being told. @return how many there were */
    public int sweep() {
        int gone = 0;
        for (Map.Entry<Integer, Pin<V>> each : pins.entrySet()) {
            if (processes.startTime(each.getKey()) != each.getValue().startTime) {
                exited(new ProcessId(each.getKey(), each.getValue().startTime));
                gone++;
            }
        }
        return gone;
    }

    private void leave(V view, ProcessId process) {
        boolean[] last = new boolean[1];
        members.computeIfPresent(view, (_, all) -> {
            last[0] = all.remove(process) && all.isEmpty();
            return all.isEmpty() ? null : all;
        });
        if (last[0]) {
            ended.accept(view);
        }
    }

    /** Processes that are known to see this view. */
    public Set<ProcessId> members(V view) {
        return Set.copyOf(members.getOrDefault(view, Set.of()));
    }

    public RouterCounts counts() {
        long hit = hits.sum();
        long missed = misses.sum();
        return new RouterCounts(hit + missed, hit, missed, strangers.sum());
    }
}
