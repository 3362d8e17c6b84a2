package dev.mayfly.env.gc;

import dev.mayfly.env.repo.fs.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How much others have said that they want, to see whether they said more since: leases only grow. */
record Wants(Map<Path, Long> leases) {
    static Wants of(List<Lease.Seen> seen) throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        for (Lease.Seen each : seen) {
            sizes.put(each.folder(), each.bytes());
        }
        return new Wants(sizes);
    }
}
