package dev.mayfly.env.pack;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Indexes that somebody has in memory, by the ids of their packs: a pack that moved to another folder is not read again. Safe
 * for concurrent use.
 */
public final class PackIndexes {
    private static final int FEW = 1024;

    private final Map<String, WeakReference<PackIndex>> read = new ConcurrentHashMap<>();
    private volatile int many = FEW;

    /** @throws DamagedIndex when it is no whole index */
    PackIndex of(Path folder, String id) throws IOException {
        WeakReference<PackIndex> before = read.get(id);
        PackIndex known = before == null ? null : before.get();
        if (known != null) {
            return known;
        }
        PackIndex index = PackIndex.read(folder.resolve(id + Pack.INDEX));
        read.put(id, new WeakReference<>(index));
        if (read.size() > many) {
            read.values().removeIf(each -> each.get() == null);
            many = Math.max(FEW, 2 * read.size());
        }
        return index;
    }
}
