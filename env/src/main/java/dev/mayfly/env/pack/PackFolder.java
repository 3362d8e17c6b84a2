package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
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

    /** Coarser than a tick of the kernel, for file systems that keep smaller parts of a second than that. */
    private static final Duration FINE_GRAIN = Duration.ofMillis(50);

    private static final int NANOS_OF_MILLI = 1_000_000;

    private record Listing(Path folder, FileTime changed, boolean settled) {}

    /**
     * @param listings empty when it is to be looked at again
     * @param names of index files in each folder
     * @param at when it was looked at, by {@link System#nanoTime}
     */
    private record Known(
            Optional<List<Listing>> listings, Map<Path, Map<String, PackFile>> names, PackTable table, long at) {
        Known with(Map<Path, Map<String, PackFile>> now, List<Path> catalogs) throws IOException {
            Map<Path, PackFile> files = new HashMap<>();
            now.values().forEach(each -> each.values().forEach(file -> files.put(file.indexFile(), file)));
            PackTable next = table.with(files, catalogs);
            // Those that had gone when they were to be read are listed as new ones when they are back.
            now.values()
                    .forEach(
                            each -> each.values().removeIf(file -> !next.files().containsKey(file.indexFile())));
            return new Known(listings, now, next, at);
        }
    }

    /** A content and where it is. */
    public record Found(Pack pack, PackEntry entry) {}

    private final Supplier<List<Path>> folders;
    private final PackIndexes indexes;
    private volatile Known known = new Known(Optional.empty(), Map.of(), PackTable.EMPTY, 0);

    /**
     * @param folders asked at each look; those that are not there have no packs
     * @param indexes shared with other folders between which packs move
     */
    public PackFolder(Supplier<List<Path>> folders, PackIndexes indexes) {
        this.folders = folders;
        this.indexes = indexes;
    }

    /** As it is known; whoever opens the pack may find that it has gone, and asks again after {@link #refresh}. */
    public Optional<Found> find(Kind kind, Digest digest) throws IOException {
        PackTable before = looked();
        Optional<Found> found = before.find(kind, digest);
        if (found.isPresent()) {
            return found;
        }
        PackTable now = refreshed();
        return now == before ? found : now.find(kind, digest);
    }

    /**
     * What is there for sure at this moment. What came since the last look may be missed: for those to whom that does no
     * harm, because it costs no system call when nothing is found.
     */
    public Optional<Found> findSure(Kind kind, Digest digest) throws IOException {
        Optional<Found> found = looked().find(kind, digest);
        while (found.isPresent() && !Files.exists(found.get().pack().indexFile())) {
            forget();
            found = looked().find(kind, digest);
        }
        return found;
    }

    /** As it is known, and nothing more is looked at. For who knows that nothing comes or goes. */
    public Optional<Found> findKnown(Kind kind, Digest digest) throws IOException {
        return looked().find(kind, digest);
    }

    /** Looks at the next occasion, because something was not where it should be. */
    public synchronized void forget() {
        known = new Known(Optional.empty(), known.names(), known.table(), known.at());
    }

    /** A pack that whoever tells so has just put into one of the folders. */
    public synchronized void came(Path folder, String id) throws IOException {
        Map<Path, Map<String, PackFile>> names = new HashMap<>(known.names());
        Map<String, PackFile> files = new HashMap<>(names.getOrDefault(folder, Map.of()));
        files.put(id + Pack.INDEX, new PackFile(folder, id, indexes));
        names.put(folder, files);
        known = known.with(names, List.of());
    }

    /** A pack that whoever tells so has just moved away. */
    public synchronized void went(Pack pack) throws IOException {
        String name = pack.id() + Pack.INDEX;
        if (known.names().getOrDefault(pack.folder(), Map.of()).containsKey(name)) {
            Map<Path, Map<String, PackFile>> names = new HashMap<>(known.names());
            Map<String, PackFile> files = new HashMap<>(names.getOrDefault(pack.folder(), Map.of()));
            files.remove(name);
            names.put(pack.folder(), files);
            known = known.with(names, List.of());
        }
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

    /** All packs as they are now, newest first by their ids in each folder. */
    public Collection<Pack> packs() throws IOException {
        List<Pack> all = new ArrayList<>();
        for (PackFile each : refreshed().files().values()) {
            try {
                all.add(each.pack());
            } catch (NoSuchFileException | DamagedIndex e) {
                // Gone since it was listed; or what the others have counts all the same, and this one is among the
                // damaged.
            }
        }
        all.sort(Comparator.comparing(Pack::indexFile).reversed());
        return all;
    }

    /** Indexes that cannot be read, as they are now; the contents of their packs are missing. */
    public Set<Path> damaged() throws IOException {
        Set<Path> damaged = new TreeSet<>();
        for (PackFile each : refreshed().files().values()) {
            try {
                each.pack();
            } catch (NoSuchFileException e) {
                // Gone since it was listed.
            } catch (DamagedIndex e) {
                damaged.add(each.indexFile());
            }
        }
        return damaged;
    }

    /** The id of the newest of them, as it is known. */
    public Optional<String> newest() {
        return known.table().files().values().stream().map(PackFile::id).max(Comparator.naturalOrder());
    }

    /** Writes the {@link Catalog} of each folder anew where it pays. For one process at a time. */
    public void catalogue() throws IOException {
        Collection<Pack> packs = packs();
        for (Path folder : folders.get()) {
            Catalog.sweep(folder);
            Catalog.write(
                    folder,
                    packs.stream().filter(each -> each.folder().equals(folder)).toList());
        }
    }

    /** Looks now. */
    public void refresh() throws IOException {
        PackTable _ = refreshed();
    }

    /** Looks unless somebody did so lately: for who does not mind to miss what came since. */
    public void refresh(Duration lately) throws IOException {
        Known now = known;
        if (now.listings().isEmpty() || System.nanoTime() - now.at() > lately.toNanos()) {
            refresh();
        }
    }

    private PackTable looked() throws IOException {
        Known now = known;
        return now.listings().isPresent() ? now.table() : refreshed();
    }

    /** One at a time, so that nobody is given an older state than he could have had. */
    private synchronized PackTable refreshed() throws IOException {
        Known before = known;
        List<Path> places = folders.get();
        if (before.listings().isPresent() && isCurrent(before.listings().get(), places)) {
            return before.table();
        }
        long at = System.nanoTime();
        List<Listing> listings = new ArrayList<>();
        Map<Path, Map<String, PackFile>> names = new HashMap<>();
        for (Path each : places) {
            // The time is read before the names: what changes between is seen twice rather than never.
            FileTime changed = changed(each);
            listings.add(new Listing(each, changed, isSettled(changed)));
            names.put(each, list(each, before.names().getOrDefault(each, Map.of())));
        }
        // Those that are still there are the same ones.
        Known now = names.equals(before.names()) ? before : before.with(names, places);
        known = new Known(Optional.of(List.copyOf(listings)), now.names(), now.table(), at);
        return now.table();
    }

    private static boolean isSettled(FileTime changed) {
        Duration grain = changed.to(TimeUnit.NANOSECONDS) % NANOS_OF_MILLI == 0 ? GRAIN : FINE_GRAIN;
        return changed.toInstant().isBefore(Instant.now().minus(grain));
    }

    private static boolean isCurrent(List<Listing> listings, List<Path> places) throws IOException {
        if (listings.size() != places.size()) {
            return false;
        }
        for (int i = 0; i < places.size(); i++) {
            Listing each = listings.get(i);
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

    private Map<String, PackFile> list(Path folder, Map<String, PackFile> before) {
        Map<String, PackFile> files = new HashMap<>();
        // Names only, without a path and a pattern for each: there may be thousands. None for a folder that is not
        // there.
        for (String name : Optional.ofNullable(folder.toFile().list()).orElse(new String[0])) {
            if (name.endsWith(Pack.INDEX)) {
                PackFile same = before.get(name);
                String id = name.substring(0, name.length() - Pack.INDEX.length());
                files.put(name, same != null ? same : new PackFile(folder, id, indexes));
            }
        }
        return files;
    }
}
