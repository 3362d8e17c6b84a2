package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of many packs, made so that looking for a content does not ask each of them. Immutable: what comes and goes makes
 * a new one that shares what stays.
 *
 * <p>Large packs are searched in their own indexes, of which there are few for any number of contents. Small ones are gathered in
 * {@link Places}, each at least twice as large as the next, so there are few of those too, and a pack that comes is seldom
 * gathered again. A catalog is the first of them. The newest pack that has a content counts, so that what replaces something
 * damaged is found.
 */
final class PackTable {
    static final PackTable EMPTY = new PackTable(Map.of(), List.of(), List.of());

    /** A pack with more contents is searched by itself. */
    private static final int LARGE = 4096;

    /** From so many new packs on a catalog is looked for. */
    private static final int WORTH_A_CATALOG = 32;

    private final Map<Path, PackFile> files;
    private final List<Pack> large;
    private final List<Places> gathered;

    /** @param files by their index files; packs that are not among them any more are passed over */
    private PackTable(Map<Path, PackFile> files, List<Pack> large, List<Places> gathered) {
        this.files = files;
        this.large = large;
        this.gathered = gathered;
    }

    /** By index file, with those that cannot be read. */
    Map<Path, PackFile> files() {
        return files;
    }

    /**
     * @param now all packs that there are
     * @param catalogs folders that may have a catalog
     */
    PackTable with(Map<Path, PackFile> now, List<Path> catalogs) throws IOException {
        List<PackFile> fresh = now.values().stream()
                .filter(each -> !files.containsKey(each.indexFile()))
                .toList();
        if (fresh.size() >= WORTH_A_CATALOG) {
            List<Places> found = new ArrayList<>();
            for (Path each : catalogs) {
                Catalog.read(each).ifPresent(found::add);
            }
            if (!found.isEmpty()) {
                return over(now, found);
            }
        }
        List<Pack> stillLarge =
                large.stream().filter(each -> now.containsKey(each.indexFile())).toList();
        return gather(now, new ArrayList<>(stillLarge), new ArrayList<>(gathered), fresh);
    }

    private static PackTable over(Map<Path, PackFile> now, List<Places> catalogs) throws IOException {
        List<PackFile> rest = new ArrayList<>(now.values());
        for (Places each : catalogs) {
            Set<Path> covered = new HashSet<>(each.packs());
            rest.removeIf(file -> covered.contains(file.indexFile()));
        }
        return gather(now, new ArrayList<>(), new ArrayList<>(catalogs), rest);
    }

    private static PackTable gather(
            Map<Path, PackFile> now, List<Pack> large, List<Places> gathered, List<PackFile> fresh) throws IOException {
        List<Places> parts = new ArrayList<>();
        Map<Path, PackFile> there = new HashMap<>(now);
        int count = 0;
        for (PackFile each : fresh) {
            try {
                Pack pack = each.pack();
                if (pack.index().count() >= LARGE) {
                    large.add(pack);
                } else {
                    parts.add(Places.of(pack.indexFile(), pack.index()));
                    count += pack.index().count();
                }
            } catch (NoSuchFileException e) {
                // Gone since it was listed. It may come back under the same name, and is new then.
                there.remove(each.indexFile());
            } catch (DamagedIndex e) {
                // Nobody knows what it has; the others are served all the same.
            }
        }
        if (!parts.isEmpty()) {
            while (!gathered.isEmpty() && gathered.getLast().count() < 2 * count) {
                Places last = gathered.removeLast();
                count += last.count();
                parts.add(last);
            }
            gathered.add(parts.size() == 1 ? parts.getFirst() : Places.merged(parts, now::containsKey));
        }
        return new PackTable(Map.copyOf(there), List.copyOf(large), List.copyOf(gathered));
    }

    Optional<PackFolder.Found> find(Kind kind, Digest digest) throws IOException {
        Search search = new Search(kind, digest);
        for (Pack each : large) {
            each.index().find(kind, digest).ifPresent(entry -> search.found(each, entry));
        }
        for (Places each : gathered) {
            each.find(digest.a(), search);
        }
        return search.best;
    }

    /** For one content. */
    private final class Search implements Places.Candidate {
        private final Kind kind;
        private final Digest digest;
        private Optional<PackFolder.Found> best = Optional.empty();

        Search(Kind kind, Digest digest) {
            this.kind = kind;
            this.digest = digest;
        }

        @Override
        public void at(Path indexFile, int place) throws IOException {
            PackFile file = files.get(indexFile);
            if (file == null) {
                return;
            }
            try {
                Pack pack = file.pack();
                if (place < pack.index().count()) {
                    PackEntry entry = pack.index().entry(place);
                    if (entry.kind() == kind && entry.digest().equals(digest)) {
                        found(pack, entry);
                    }
                }
            } catch (NoSuchFileException | DamagedIndex e) {
                // As if it were not there; another pack may have it.
            }
        }

        void found(Pack pack, PackEntry entry) {
            boolean newer = best.isEmpty()
                    || pack.indexFile().compareTo(best.get().pack().indexFile()) > 0;
            best = newer ? Optional.of(new PackFolder.Found(pack, entry)) : best;
        }
    }
}
