package dev.mayfly.env.gc;

import dev.mayfly.env.repo.fs.Layout;
import dev.mayfly.env.repo.fs.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What others have put on leases, each record once. A lease whose owner has let it go is removed when it was read: from then
 * on it is this collection that remembers it. So there are never more than were made between two looks.
 */
final class Wants {
    private final Layout layout;
    private final Map<Path, Long> read = new HashMap<>();

    Wants(Layout layout) {
        this.layout = layout;
    }

    /** @param found told everything that is there since the last look, and was there when this one began */
    void look(Consumer<Lease.Kept> found) throws IOException {
        for (Lease.Seen lease : Lease.all(layout)) {
            long from = read.getOrDefault(lease.folder(), 0L);
            List<Lease.Kept> kept = lease.kept(from);
            kept.forEach(found);
            if (lease.live()) {
                read.put(lease.folder(), from + kept.size());
            } else {
                read.remove(lease.folder());
                lease.delete();
            }
        }
    }
}
