package dev.mayfly.env.gc;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackEntry;
import dev.mayfly.env.pack.PackFolder;
import dev.mayfly.env.repo.fs.Disk;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Lease;
import dev.mayfly.env.repo.fs.Repacker;
import dev.mayfly.env.repo.fs.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Moves content out of use, back, and away for good. Used by one collection. */
final class Trash {
    /** Begins the name of a generation that is being deleted; nobody looks there any more. */
    private static final String DOOMED = ".doomed-";

    /** Files; so that leases that have ended do not pile up. */
    private static final int LOOK_EVERY = 500;

    /** Of packs, each of which has many contents. */
    private static final int LOOK_EVERY_PACKS = 20;

    private final FsRepository repository;
    private final Store store;
    private final Path generation;
    private final Instant old;
    private long discarded;
    private long packs;
    private long rewritten;

    /** @param old what was written after this is young and stays */
    Trash(FsRepository repository, Instant start, Instant old) {
        this.repository = repository;
        this.store = repository.store();
        this.generation = repository.layout().trash().resolve(name(start));
        this.old = old;
    }

    /** Generations sort by when they were begun. */
    private static String name(Instant begun) {
        return String.format(Locale.ROOT, "%016d", begun.toEpochMilli());
    }

    long discarded() {
        return discarded;
    }

    long packs() {
        return packs;
    }

    long rewritten() {
        return rewritten;
    }

    private boolean isYoung(Pack pack) {
        try {
            return isYoung(pack.data());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isYoung(Path file) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isAfter(old);
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** What was written within the grace. */
    void young(Kind kind, Consumer<Digest> found) throws IOException {
        for (Digest each : list(kind)) {
            if (isYoung(store.files(kind).path(each))) {
                found.accept(each);
            }
        }
        for (Pack pack : List.copyOf(store.packs().packs())) {
            if (isYoung(pack.data())) {
                pack.index().each(entry -> {
                    if (entry.kind() == kind) {
                        found.accept(entry.digest());
                    }
                });
            }
        }
    }

    private List<Digest> list(Kind kind) throws IOException {
        List<Digest> all = new ArrayList<>();
        store.files(kind).each(all::add);
        return all;
    }

    /** To be done now and then while much is moved. */
    interface Meanwhile {
        void look() throws IOException;
    }

    /**
     * Takes out of use what is old and not reached. On a disk that is full to its last block, as much as can be: the rest stays
     * for the next collection.
     */
    void discard(Reach reach, Meanwhile meanwhile) throws IOException {
        try {
            discardFiles(reach, meanwhile);
            discardPacks(reach, meanwhile);
        } catch (IOException e) {
            if (!Disk.isFull(e)) {
                throw e;
            }
        }
    }

    private void discardFiles(Reach reach, Meanwhile meanwhile) throws IOException {
        // Objects before what they name: whoever finds one finds the rest.
        for (Kind kind : List.of(Kind.OBJECT, Kind.PAYLOAD)) {
            for (Digest each : list(kind)) {
                if (!reach.has(each) && !isYoung(store.files(kind).path(each))) {
                    cleaning(() -> store.discard(kind, each, generation));
                    discarded++;
                    if (discarded % LOOK_EVERY == 0) {
                        meanwhile.look();
                    }
                }
            }
        }
    }

    private interface Moving {
        void run() throws IOException;
    }

    private void cleaning(Moving moving) throws IOException {
        repository.reserve().with(() -> {
            moving.run();
            return true;
        });
    }

    private void discardPacks(Reach reach, Meanwhile meanwhile) throws IOException {
        Packing packing = new Packing(reach, this::isYoung).over(store.packs().packs());
        for (Pack each : packing.empty()) {
            if (!packing.isWanted(each)) {
                discard(each, meanwhile);
            }
        }
        for (List<Repacker.Source> batch : packing.batches()) {
            meanwhile.look();
            List<Pack> copied = new Repacker(repository).copy(batch);
            rewritten += copied.size();
            for (Pack each : copied) {
                discard(each, meanwhile);
            }
        }
        store.packs().catalogue();
    }

    private void discard(Pack pack, Meanwhile meanwhile) throws IOException {
        if (packs % LOOK_EVERY_PACKS == 0) {
            meanwhile.look();
        }
        cleaning(() -> store.discard(pack, generation));
        packs++;
    }

    /** Brings back what lies in the trash though it is reached, from whatever collection. */
    long reviveReached(Reach reach) throws IOException {
        long revived = 0;
        for (Path each : store.generations()) {
            for (Kind kind : Kind.values()) {
                List<Digest> wanted = new ArrayList<>();
                Store.files(kind, each).each(digest -> {
                    if (reach.has(digest)) {
                        wanted.add(digest);
                    }
                });
                for (Digest digest : wanted) {
                    revived += revived(kind, digest) ? 1 : 0;
                }
            }
        }
        Map<Pack, List<PackEntry>> wanted = new LinkedHashMap<>();
        for (Pack pack : store.trashPacks().packs()) {
            pack.index().each(entry -> {
                if (reach.has(entry.digest())) {
                    wanted.computeIfAbsent(pack, _ -> new ArrayList<>()).add(entry);
                }
            });
        }
        return revived + bringBack(wanted);
    }

    /** Brings back some contents, where they are in the trash. */
    long revive(Collection<Digest> digests) throws IOException {
        long revived = 0;
        Map<Pack, List<PackEntry>> packed = new LinkedHashMap<>();
        store.trashPacks().refresh();
        for (Digest digest : digests) {
            for (Kind kind : Kind.values()) {
                Optional<PackFolder.Found> found = store.trashPacks().findKnown(kind, digest);
                found.ifPresent(at -> packed.computeIfAbsent(at.pack(), _ -> new ArrayList<>())
                        .add(at.entry()));
                if (found.isEmpty() && !store.inUse(kind, digest)) {
                    revived += repository.reserve().with(() -> store.reviveKnown(kind, digest)) ? 1 : 0;
                }
            }
        }
        return revived + bringBack(packed);
    }

    /** A pack of which much is wanted comes back itself; of others, what is wanted is copied. */
    private long bringBack(Map<Pack, List<PackEntry>> wanted) throws IOException {
        long revived = 0;
        List<Repacker.Source> sparse = new ArrayList<>();
        Set<Lease.Kept> once = new HashSet<>();
        for (Map.Entry<Pack, List<PackEntry>> each : wanted.entrySet()) {
            List<PackEntry> missing = new ArrayList<>();
            for (PackEntry entry : each.getValue()) {
                if (!store.inUse(entry.kind(), entry.digest())
                        && once.add(new Lease.Kept(entry.kind(), entry.digest()))) {
                    missing.add(entry);
                }
            }
            if (!missing.isEmpty() && Packing.isSparse(each.getKey(), missing)) {
                sparse.add(new Repacker.Source(each.getKey(), missing));
            } else {
                revived += revived(missing);
            }
        }
        List<Pack> copied = sparse.isEmpty() ? List.of() : new Repacker(repository).copy(sparse);
        for (Repacker.Source each : sparse) {
            revived += copied.contains(each.pack()) ? each.live().size() : revived(each.live());
        }
        return revived;
    }

    private long revived(List<PackEntry> entries) throws IOException {
        long revived = 0;
        for (PackEntry each : entries) {
            if (!store.inUse(each.kind(), each.digest())) {
                revived += revived(each.kind(), each.digest()) ? 1 : 0;
            }
        }
        return revived;
    }

    private boolean revived(Kind kind, Digest digest) throws IOException {
        return repository.reserve().with(() -> store.revive(kind, digest));
    }

    /**
     * Doubts generations older than the grace: from now on nobody brings anything back out of them.
     *
     * @return whether there are any
     */
    boolean doubt() throws IOException {
        boolean any = false;
        for (Path each : store.generations()) {
            String name = String.valueOf(each.getFileName());
            if (name.compareTo(name(old)) <= 0) {
                rename("doubt a generation", each, Store.DOUBTED + name);
                any = true;
            }
        }
        return any;
    }

    /** Takes the doubts back, also those of a collector that died. */
    void trust() throws IOException {
        for (Path each : store.doubted()) {
            String name = String.valueOf(each.getFileName()).substring(Store.DOUBTED.length());
            String free = name;
            // A clock that was set back may have made the same name again.
            for (int i = 1; Files.exists(each.resolveSibling(free)); i++) {
                free = name + "-" + i;
            }
            rename("trust a generation", each, free);
        }
    }

    /** What is doubted goes for good. */
    void doom() throws IOException {
        for (Path each : store.doubted()) {
            rename("doom a generation", each, DOOMED + each.getFileName());
        }
    }

    private void rename(String step, Path generation, String name) throws IOException {
        repository.opening().steps().before(step);
        Files.move(generation, generation.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
        store.trashPacks().forget();
        store.doubtedPacks().forget();
    }

    boolean isDoubted(Digest digest) throws IOException {
        for (Kind kind : Kind.values()) {
            if (store.isDoubted(kind, digest)) {
                return true;
            }
        }
        return false;
    }

    /** @return how many generations */
    long deleteDoomed() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(repository.layout().trash(), DOOMED + "*")) {
            for (Path each : folders) {
                repository.opening().steps().before("delete a generation");
                Files.walkFileTree(each, new Deletion());
                count++;
            }
        }
        return count;
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
