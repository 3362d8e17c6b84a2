package dev.mayfly.mesh.service;

import java.util.List;
import java.util.function.IntPredicate;

/** Keeps a table up to date with what is told, and says what changed. Safe for concurrent use. */
public final class ServiceWatch implements Tracing.Sink {
    private final ConnectionTable table;
    private final Listener listener;
    private final IntPredicate alive;
    private long lost;

    /** Hears on the thread that tells. */
    public interface Listener {
        void changed(ConnectionTable.Change change);

        /** @param events that were not told, so that connections may be missing */
        void lost(long events);
    }

    /** @param alive whether a process with this number may still be there */
    public ServiceWatch(ConnectionTable table, Listener listener, IntPredicate alive) {
        this.table = table;
        this.listener = listener;
        this.alive = alive;
    }

    /** How it stands. */
    public record Standing(List<Connection> live, long unrouted, long overflow, long lost) {
        public Standing {
            live = List.copyOf(live);
        }
    }

    @Override
    public void happened(VerbsEvent event) {
        List<ConnectionTable.Change> changes;
        synchronized (this) {
            changes = table.take(event);
        }
        changes.forEach(listener::changed);
    }

    @Override
    public void lost(long events) {
        List<ConnectionTable.Change> changes;
        synchronized (this) {
            lost += events;
            changes = table.retain(alive);
        }
        listener.lost(events);
        changes.forEach(listener::changed);
    }

    public synchronized Standing standing() {
        return new Standing(table.live(), table.unrouted(), table.overflow(), lost);
    }
}
