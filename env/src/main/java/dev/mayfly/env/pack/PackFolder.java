package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The packs in some folders. What it knows is looked at again when something is not found or has gone, so that packs of other
 * processes are seen without reading folders each time. Safe for concurrent use.
 *
 * <p>A folder whose time did not change since it was read was not changed, unless it was changed within the grain of that
 * clock; so a folder that was young when it was read is not trusted.
 */
public final class PackFolder {
    /** Coarser than the clock of any file system on which packs lie; FAT has two seconds. */
    private static final Duration GRAIN = Duration.ofSeconds(2);

    private record Listing(Path folder, FileTime changed, boolean settled) {}

    /**
     * @param packs newest first by their ids, in each folder
     * @param reusable those whose indexes need not be read again when they are still there
     * @param damaged indexes that cannot be read
     */
    private record Known(List<Listing> listings, Map<Path, Pack> packs, Map<Path, Pack> reusable, Set<Path> damaged) {}

    /** A content and where it is. */
    public record Found(Pack pack, PackEntry entry) {}

    private final Supplier<List<Path>> folders;
    private volatile Known known = new Known(List.of(), Map.of(), Map.of(), Set.of());

    /** @param folders asked at each look; those that are not there have no packs */
    public PackFolder(Supplier<List<Path>> folders) {
        this.folders = folders;
    }

    /** As it is known; whoever opens the pack may find that it has gone, and asks again after {@link #refresh}. */
    public Optional<Found> find(Kind kind, Digest digest) throws IOException {
        Optional<Found> found = in(known, kind, digest);
        if (found.isPresent() || !refresh()) {
            return found;
        }
        return in(known, kind, digest);
    }

    /**
     * What is there for sure at this moment. What came since the last look may be missed: for those to whom that does no
     * harm, because it costs no system call when nothing is found.
     */
    public Optional<Found> findSure(Kind kind, Digest digest) throws IOException {
        if (known.listings().isEmpty()) {
            refresh();
        }
        Optional<Found> found = in(known, kind, digest);
        while (found.isPresent() && !Files.exists(found.get().pack().indexFile())) {
            forget();
            refresh();
            found = in(known, kind, digest);
        }
        return found;
    }

    /** Looks at the next occasion, because something was not where it should be. */
    public void forget() {
        Known before = known;
        known = new Known(
                List.of(), Map.of(), before.packs().isEmpty() ? before.reusable() : before.packs(), before.damaged());
    }

    /** Each content once, though several packs may have it. */
    public void each(Kind kind, Consumer<Digest> found) throws IOException {
        PriorityQueue<Cursor> next = new PriorityQueue<>(Comparator.comparing(Cursor::digest));
        for (Pack pack : packs()) {
            advance(new Cursor(pack.index(), 0), kind, next);
        }
        Optional<Digest> last = Optional.empty();
        while (!next.isEmpty()) {
            Cursor cursor = next.remove();
            Digest digest = cursor.digest();
            if (last.isEmpty() || !last.get().equals(digest)) {
                found.accept(digest);
                last = Optional.of(digest);
            }
            advance(new Cursor(cursor.index(), cursor.at() + 1), kind, next);
        }
    }

    private record Cursor(PackIndex index, int at) {
        Digest digest() {
            return index.entry(at).digest();
        }
    }

    private static void advance(Cursor from, Kind kind, PriorityQueue<Cursor> into) {
        for (int at = from.at(); at < from.index().count(); at++) {
            if (from.index().entry(at).kind() == kind) {
                into.add(new Cursor(from.index(), at));
                return;
            }
        }
    }

    /** All packs as they are now. */
    public Collection<Pack> packs() throws IOException {
        refresh();
        return known.packs().values();
    }

    /** Indexes that cannot be read, as they are now; the contents of their packs are missing. */
    public Set<Path> damaged() throws IOException {
        refresh();
        return known.damaged();
    }

    /** The newest of them by id, as it is known. */
    public Optional<Pack> newest() {
        return known.packs().values().stream().findFirst();
    }

    /** @return whether packs may have come or gone since the last look */
    public boolean refresh() throws IOException {
        Known before = known;
        List<Path> places = folders.get();
        if (isCurrent(before, places)) {
            return false;
        }
        List<Listing> listings = new ArrayList<>();
        Map<Path, Pack> packs = new TreeMap<>(Comparator.reverseOrder());
        Set<Path> damaged = new TreeSet<>();
        for (Path each : places) {
            // The time is read before the names: what changes between is seen twice rather than never.
            FileTime changed = changed(each);
            boolean settled = changed.toInstant().isBefore(Instant.now().minus(GRAIN));
            listings.add(new Listing(each, changed, settled));
            list(each, before.reusable(), packs, damaged);
        }
        known = new Known(List.copyOf(listings), packs, packs, damaged);
        return true;
    }

    private static boolean isCurrent(Known before, List<Path> places) throws IOException {
        if (before.listings().size() != places.size()) {
            return false;
        }
        for (int i = 0; i < places.size(); i++) {
            Listing each = before.listings().get(i);
            if (!each.settled()
                    || !each.folder().equals(places.get(i))
                    || !each.changed().equals(changed(places.get(i)))) {
                return false;
            }
        }
        return true;
    }

    private static FileTime changed(Path folder) throws IOException {
        try {
            return Files.getLastModifiedTime(folder);
        } catch (NoSuchFileException e) {
            return FileTime.fromMillis(0);
        }
    }

    private static void list(Path folder, Map<Path, Pack> before, Map<Path, Pack> into, Set<Path> damaged)
            throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + Pack.INDEX)) {
            for (Path file : files) {
                Pack same = before.get(file);
                if (same != null) {
                    into.put(file, same);
                } else {
                    String name = String.valueOf(file.getFileName());
                    String id = name.substring(0, name.length() - Pack.INDEX.length());
                    try {
                        into.put(file, new Pack(folder, id, PackIndex.read(file)));
                    } catch (NoSuchFileException e) {
                        // Gone since it was listed.
                    } catch (DamagedIndex e) {
                        // What the others have is served all the same; what this one has is missing.
                        damaged.add(file);
                    }
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // A folder that is not there has no packs.
        }
    }

    private static Optional<Found> in(Known known, Kind kind, Digest digest) {
        for (Pack each : known.packs().values()) {
            Optional<PackEntry> entry = each.index().find(kind, digest);
            if (entry.isPresent()) {
                return Optional.of(new Found(each, entry.get()));
            }
        }
        return Optional.empty();
    }
}
