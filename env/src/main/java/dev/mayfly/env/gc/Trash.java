package dev.mayfly.env.gc;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackEntry;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Lease;
import dev.mayfly.env.repo.fs.Repacker;
import dev.mayfly.env.repo.fs.Store;
import java.io.IOException;
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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Moves content out of use, back, and away for good. Used by one collection. */
final class Trash {
    /** Begins the name of a generation that is being deleted; nobody looks there any more. */
    private static final String DOOMED = ".doomed-";

    /** Files; so that leases that have ended do not pile up. */
    private static final int LOOK_EVERY = 500;

    /** A pack whose live contents are less than one part of so many is rewritten. */
    private static final int LIVE_SHARE = 2;

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

    /** Takes out of use what is old and not reached. */
    void discard(Reach reach, Meanwhile meanwhile) throws IOException {
        // Objects before what they name: whoever finds one finds the rest.
        for (Kind kind : List.of(Kind.OBJECT, Kind.PAYLOAD)) {
            for (Digest each : list(kind)) {
                if (!reach.has(each) && !isYoung(store.files(kind).path(each))) {
                    store.discard(kind, each, generation);
                    discarded++;
                    if (discarded % LOOK_EVERY == 0) {
                        meanwhile.look();
                    }
                }
            }
        }
        Set<Lease.Kept> elsewhere = new HashSet<>();
        for (Pack pack : List.copyOf(store.packs().packs())) {
            meanwhile.look();
            discard(pack, reach, elsewhere);
        }
    }

    /** @param elsewhere contents that a newer pack has, which stays */
    private void discard(Pack pack, Reach reach, Set<Lease.Kept> elsewhere) throws IOException {
        List<PackEntry> all = new ArrayList<>();
        pack.index().each(all::add);
        List<PackEntry> live = new ArrayList<>();
        all.forEach(entry -> {
            if (reach.has(entry.digest()) && elsewhere.add(new Lease.Kept(entry.kind(), entry.digest()))) {
                live.add(entry);
            }
        });
        if (isYoung(pack.data())) {
            return;
        }
        if (!live.isEmpty() && bytes(live) >= bytes(all) / LIVE_SHARE) {
            return;
        }
        if (!live.isEmpty()) {
            new Repacker(repository).copy(pack, live);
            rewritten++;
        }
        store.discard(pack, generation);
        packs++;
    }

    /** With the room to the next beginning, but without the end of the pack, which small ones cannot get rid of. */
    private static long bytes(List<PackEntry> entries) {
        return entries.stream()
                .mapToLong(each -> each.kind().align(each.length()))
                .sum();
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
                    revived += store.revive(kind, digest) ? 1 : 0;
                }
            }
        }
        List<PackEntry> wanted = new ArrayList<>();
        for (Pack pack : List.copyOf(store.trashPacks().packs())) {
            pack.index().each(entry -> {
                if (reach.has(entry.digest())) {
                    wanted.add(entry);
                }
            });
        }
        for (PackEntry entry : wanted) {
            if (!store.inUse(entry.kind(), entry.digest())) {
                revived += store.revive(entry.kind(), entry.digest()) ? 1 : 0;
            }
        }
        return revived;
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
