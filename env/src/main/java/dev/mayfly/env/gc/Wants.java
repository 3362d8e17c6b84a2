package dev.mayfly.env.gc;

import dev.mayfly.env.repo.fs.Lease;
import dev.mayfly.env.repo.fs.Pushes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How much others have said that they want, to see whether they said more since: leases and pushes only grow. */
record Wants(Map<Path, Long> leases, long pushes) {
    static Wants of(List<Lease.Seen> seen, Pushes pushes) throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        for (Lease.Seen each : seen) {
            sizes.put(each.folder(), each.bytes());
        }
        return new Wants(sizes, pushes.bytes());
    }
}
