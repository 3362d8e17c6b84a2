package dev.mayfly.env.service;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.service.Environments.Held;
import dev.mayfly.env.service.Environments.Wanted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Views that are kept mounted after their use, because the next one who wants them should not wait. Each is mounted once; of
 * several who want the same at once, one mounts and the others wait. Safe for concurrent use.
 *
 * <p>The lock of a place is taken before that of the shelf, never after it.
 */
public final class ViewShelf implements AutoCloseable {
    private final Ticker ticker;
    private final Map<List<Digest>, Place> places = new HashMap<>(); // guarded by this
    private long hits; // guarded by this
    private long misses; // guarded by this

    public ViewShelf(Ticker ticker) {
        this.ticker = ticker;
    }

    /** One view, mounted or about to be. */
    private static final class Place {
        private Optional<Held> held = Optional.empty(); // guarded by the place while it has users
        private int users; // guarded by the shelf
        private long usedAt; // guarded by the shelf
    }

    /** A view in use. It stays mounted until this is closed, and for a while after. */
    public final class Use implements AutoCloseable {
        private final Place place;
        private final Path path;
        private final boolean hit;
        private boolean closed; // guarded by the shelf

        private Use(Place place, Path path, boolean hit) {
            this.place = place;
            this.path = path;
            this.hit = hit;
        }

        public Path path() {
            return path;
        }

        /** Whether it was mounted before it was wanted. */
        public boolean hit() {
            return hit;
        }

        @Override
        public void close() {
            synchronized (ViewShelf.this) {
                if (!closed) {
                    closed = true;
                    leave(place);
                }
            }
        }
    }

    /** @throws dev.mayfly.base.error.MayflyException when it cannot be mounted */
    public Use take(Wanted wanted) {
        Place place = enter(wanted.key());
        boolean taken = false;
        try {
            synchronized (place) {
                boolean hit = place.held.isPresent();
                count(hit);
                Held held = hit ? place.held.orElseThrow() : wanted.mount().get();
                place.held = Optional.of(held);
                taken = true;
                return new Use(place, held.path(), hit);
            }
        } finally {
            if (!taken) {
                synchronized (this) {
                    leave(place);
                }
            }
        }
    }

    private synchronized Place enter(List<Digest> key) {
        Place place = places.computeIfAbsent(key, _ -> new Place());
        place.users++;
        return place;
    }

    private synchronized void count(boolean hit) {
        hits += hit ? 1 : 0;
        misses += hit ? 0 : 1;
    }

    private void leave(Place place) {
        place.users--;
        place.usedAt = ticker.nanos();
    }

    /**
     * Lets go of views that nobody has used for so long.
     *
     * @return how many
     */
    public int release(Duration unused) {
        List<Held> gone = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Place> each = places.values().iterator(); each.hasNext(); ) {
                Place place = each.next();
                if (place.users == 0 && ticker.since(place.usedAt) >= unused.toNanos()) {
                    each.remove();
                    place.held.ifPresent(gone::add);
                }
            }
        }
        gone.forEach(Held::close);
        return gone.size();
    }

    public synchronized CacheCounts counts() {
        return new CacheCounts(hits, misses, places.size());
    }

    /** Lets go of all that is not in use. */
    @Override
    public void close() {
        release(Duration.ZERO);
    }
}
