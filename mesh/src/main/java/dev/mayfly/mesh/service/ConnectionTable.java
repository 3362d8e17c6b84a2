package dev.mayfly.mesh.service;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Which connections live: from the change of state that names the other end until the queue pair is destroyed, reset or
 * broken, or its process ends. Bounded; what there is no room for is counted. Not safe for concurrent use.
 */
public final class ConnectionTable {
    private static final int RESET = 0;
    private static final int READY_TO_RECEIVE = 2;
    private static final int ERROR = 6;

    private final Gids gids;
    private final int most;
    private final SequencedMap<Key, Connection> live = new LinkedHashMap<>();
    private final Map<Integer, Set<Key>> byProcess = new HashMap<>();
    private long unrouted;
    private long overflow;

    private record Key(String device, int queuePair) {}

    /** A connection that began, or ended. */
    public record Change(boolean began, Connection connection) {}

    public ConnectionTable(Gids gids, int most) {
        this.gids = gids;
        this.most = most;
    }

    /** What the event changes: mostly nothing or one thing, all connections of a process when that ends. */
    public List<Change> take(VerbsEvent event) {
        ConnectionTuple tuple = event.tuple();
        Key key = new Key(event.device(), tuple.localQueuePair());
        return switch (tuple.event()) {
            // Numbers are used again: whatever had this one is gone.
            case ConnectionTuple.CREATED, ConnectionTuple.DESTROYED -> end(key);
            case ConnectionTuple.CHANGED -> changed(event, key);
            case ConnectionTuple.ENDED -> ended(tuple.process());
            default -> List.of();
        };
    }

    private List<Change> changed(VerbsEvent event, Key key) {
        if (!event.setsState()) {
            return List.of();
        }
        return switch (event.tuple().state()) {
            case RESET, ERROR -> end(key);
            case READY_TO_RECEIVE -> event.connects() ? begin(event, key) : List.of();
            default -> List.of();
        };
    }

    private List<Change> begin(VerbsEvent event, Key key) {
        List<Change> changes = new ArrayList<>(end(key));
        Optional<Gid> local = gids.find(event.device(), event.tuple().port(), event.gidIndex());
        if (local.isEmpty() || event.tuple().remote().isNone()) {
            unrouted++;
            return changes;
        }
        if (live.size() >= most) {
            overflow++;
            return changes;
        }
        Connection connection = Connection.of(event, local.get());
        live.put(key, connection);
        byProcess
                .computeIfAbsent(event.tuple().process(), _ -> new LinkedHashSet<>())
                .add(key);
        changes.add(new Change(true, connection));
        return changes;
    }

    private List<Change> end(Key key) {
        Connection gone = live.remove(key);
        if (gone == null) {
            return List.of();
        }
        int process = gone.tuple().process();
        Set<Key> others = byProcess.getOrDefault(process, Set.of());
        others.remove(key);
        if (others.isEmpty()) {
            byProcess.remove(process);
        }
        return List.of(new Change(false, gone));
    }

    private List<Change> ended(int process) {
        List<Change> changes = new ArrayList<>();
        for (Key key : List.copyOf(byProcess.getOrDefault(process, Set.of()))) {
            changes.addAll(end(key));
        }
        return changes;
    }

    /** After events were lost: takes away the connections of processes that are not there any more. */
    public List<Change> retain(IntPredicate alive) {
        List<Change> changes = new ArrayList<>();
        for (int process : List.copyOf(byProcess.keySet())) {
            if (!alive.test(process)) {
                changes.addAll(ended(process));
            }
        }
        return changes;
    }

    public List<Connection> live() {
        return List.copyOf(live.values());
    }

    /** Connections that no routed frame of RoCE version 2 belongs to, so that nothing of ours takes their path. */
    public long unrouted() {
        return unrouted;
    }

    /** Connections that there was no room for. */
    public long overflow() {
        return overflow;
    }
}
