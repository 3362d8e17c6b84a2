package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackFolder;
import dev.mayfly.env.pack.PackIndexes;
import dev.mayfly.env.repo.FileRange;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where the bytes of objects and payloads are: in files of their own, in packs, or in the trash, from which they come back
 * when somebody wants them. All three are looked at whatever the form of the repository.
 */
public final class Store {
    /** Begins the name of a generation that is doubted. */
    public static final String DOUBTED = ".doubted-";

    /** Content is moved to the trash, back, and within it; so often at once is a bad dream. */
    private static final int LOOKS = 4;

    private final Layout layout;
    private final Steps steps;
    private final Optional<Stripes> moves;
    private final PackFolder packs;
    private final PackFolder trashPacks;
    private final PackFolder doubtedPacks;

    /** @param moves a lock for each pack that moves; none for who only reads, who moves nothing */
    Store(Layout layout, Steps steps, Optional<Stripes> moves) {
        this.layout = layout;
        this.steps = steps;
        this.moves = moves;
        PackIndexes indexes = new PackIndexes();
        this.packs = new PackFolder(() -> List.of(layout.packs()), indexes);
        this.trashPacks = new PackFolder(() -> packsOf(generations()), indexes);
        this.doubtedPacks = new PackFolder(() -> packsOf(doubted()), indexes);
    }

    public HashFolder files(Kind kind) {
        return new HashFolder(kind == Kind.PAYLOAD ? layout.payloads() : layout.objects());
    }

    /** Packs that are in use. */
    public PackFolder packs() {
        return packs;
    }

    public PackFolder trashPacks() {
        return trashPacks;
    }

    /** Packs of {@link #doubted()}. */
    public PackFolder doubtedPacks() {
        return doubtedPacks;
    }

    private static List<Path> packsOf(List<Path> generations) {
        return generations.stream().map(each -> each.resolve("packs")).toList();
    }

    /** Generations of the trash, newest first. */
    public List<Path> generations() {
        return inTrash(name -> !name.startsWith("."));
    }

    /**
     * Generations that will go for good unless somebody has wanted something in them: they are read from, but nothing comes
     * back out of them.
     */
    public List<Path> doubted() {
        return inTrash(name -> name.startsWith(DOUBTED));
    }

    private List<Path> inTrash(Predicate<String> wanted) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(layout.trash())) {
            for (Path each : folders) {
                if (wanted.test(String.valueOf(each.getFileName()))) {
                    found.add(each);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Reading the trash", e);
        }
        found.sort(Comparator.reverseOrder());
        return found;
    }

    public static HashFolder files(Kind kind, Path generation) {
        return new HashFolder(generation.resolve(kind == Kind.PAYLOAD ? "payloads" : "objects"));
    }

    /** Looks anew where everything is: something that was known has been replaced. */
    void forget() {
        packs.forget();
        trashPacks.forget();
        doubtedPacks.forget();
    }

    boolean has(Kind kind, Digest digest) {
        return find(kind, digest).isPresent();
    }

    /** What is there is found, wherever it is moved to meanwhile. */
    Optional<FileRange> find(Kind kind, Digest digest) {
        for (int look = 1; ; look++) {
            Optional<FileRange> found = look(kind, digest);
            if (found.isPresent() || look == LOOKS || inTrash(_ -> true).isEmpty()) {
                return found;
            }
        }
    }

    private Optional<FileRange> look(Kind kind, Digest digest) {
        try {
            Optional<FileRange> used = inFile(files(kind), digest);
            used = used.isPresent() ? used : packed(packs, kind, digest);
            return used.isPresent() ? used : inTrash(kind, digest);
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Looking for " + digest, e);
        }
    }

    private Optional<FileRange> inTrash(Kind kind, Digest digest) throws IOException {
        for (List<Path> place : List.of(generations(), doubted())) {
            for (Path generation : place) {
                Optional<FileRange> found = inFile(files(kind, generation), digest);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        Optional<FileRange> packed = packed(trashPacks, kind, digest);
        return packed.isPresent() ? packed : packed(doubtedPacks, kind, digest);
    }

    private static Optional<FileRange> inFile(HashFolder files, Digest digest) throws IOException {
        Path file = files.path(digest);
        try {
            return Files.isRegularFile(file) ? Optional.of(new FileRange(file, 0, Files.size(file))) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Looks again when it is not where it was known to be. */
    private static Optional<FileRange> packed(PackFolder packs, Kind kind, Digest digest) throws IOException {
        Optional<FileRange> found = packs.find(kind, digest).map(Store::range);
        if (found.isPresent() && !Files.exists(found.get().file())) {
            packs.forget();
            found = packs.find(kind, digest).map(Store::range);
        }
        return found;
    }

    /** Where a pack in use had it at the last look; nobody has looked whether the pack is still there. */
    Optional<FileRange> inPack(Kind kind, Digest digest) {
        try {
            return packs.find(kind, digest).map(Store::range);
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Looking for " + digest, e);
        }
    }

    private static FileRange range(PackFolder.Found found) {
        return new FileRange(
                found.pack().data(), found.entry().offset(), found.entry().length());
    }

    /**
     * Whether it is there and in use, for somebody who has a lease on it already: then it stays. May say no of what another
     * process has just written.
     */
    public boolean inUse(Kind kind, Digest digest) throws IOException {
        return files(kind).has(digest) || packs.findSure(kind, digest).isPresent();
    }

    /**
     * Makes sure that content is in use if it is there at all, for somebody who has a lease on it already: then it stays.
     *
     * @return whether it is there
     */
    boolean bring(Kind kind, Digest digest) throws IOException {
        return inUse(kind, digest)
                || revive(kind, digest)
                || files(kind).has(digest)
                || packed(packs, kind, digest).isPresent();
    }

    /** Whether it is in a generation that is doubted. */
    public boolean isDoubted(Kind kind, Digest digest) throws IOException {
        for (Path generation : doubted()) {
            if (files(kind, generation).has(digest)) {
                return true;
            }
        }
        return packed(doubtedPacks, kind, digest).isPresent();
    }

    /**
     * Brings content back from the trash, with the whole pack it is in. Only for who has a lease on it, or collects: else
     * it may go while it comes.
     *
     * @return whether it is in use now
     */
    public boolean revive(Kind kind, Digest digest) throws IOException {
        return revive(kind, digest, true);
    }

    /** The same for who does without it otherwise: may miss what came to the trash lately, since it looks at no folder of packs. */
    public boolean reviveKnown(Kind kind, Digest digest) throws IOException {
        return revive(kind, digest, false);
    }

    private boolean revive(Kind kind, Digest digest, boolean anew) throws IOException {
        for (Path generation : generations()) {
            Path file = files(kind, generation).path(digest);
            if (Files.isRegularFile(file)) {
                steps.before("revive a file");
                try {
                    Files.move(file, files(kind).place(digest), StandardCopyOption.ATOMIC_MOVE);
                    return true;
                } catch (NoSuchFileException e) {
                    if (files(kind).has(digest)) {
                        return true;
                    }
                }
            }
        }
        Optional<PackFolder.Found> found = trashPacks.findSure(kind, digest);
        if (found.isEmpty() && anew) {
            trashPacks.refresh();
            found = trashPacks.findSure(kind, digest);
        }
        if (found.isEmpty()) {
            return false;
        }
        try {
            Pack pack = found.get().pack();
            move(pack, layout.packs());
            trashPacks.went(pack);
            packs.came(layout.packs(), pack.id());
            return true;
        } catch (NoSuchFileException e) {
            // Its generation is doubted meanwhile, or somebody else brings it back.
            packs.forget();
            trashPacks.forget();
            return packed(packs, kind, digest).isPresent();
        }
    }

    /** Takes content of its own file out of use. */
    public void discard(Kind kind, Digest digest, Path generation) throws IOException {
        Path to = files(kind, generation).place(digest);
        steps.before("discard a file");
        try {
            Files.move(files(kind).path(digest), to, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Somebody else has taken it away; there is nothing to do.
        }
    }

    /** Takes a pack out of use. */
    public void discard(Pack pack, Path generation) throws IOException {
        Path to = generation.resolve("packs");
        Files.createDirectories(to);
        move(pack, to);
        // Whoever discards one pack discards many, so they are not told one by one.
        forget();
    }

    /**
     * Wherever the index is at any moment, there the data is too: it has both names while the index moves.
     *
     * <p>One mover at a time for each pack. Without that, who takes a pack out of use could remove the data under its old
     * name after somebody else had brought the index back there.
     */
    private void move(Pack pack, Path to) throws IOException {
        Pack moved = new Pack(to, pack.id(), pack.index());
        Stripes locks = moves.orElseThrow(() -> FsRepository.readsOnly(layout.root()));
        try (Held _ = locks.hold(pack.id())) {
            if (!Files.exists(pack.indexFile())) {
                if (!Files.exists(moved.indexFile())) {
                    throw new NoSuchFileException(pack.indexFile().toString());
                }
                return;
            }
            steps.before("link a pack");
            try {
                Files.createLink(moved.data(), pack.data());
            } catch (FileAlreadyExistsException e) {
                // A crash ended this between its steps before.
            }
            steps.before("move a pack's index");
            Files.move(pack.indexFile(), moved.indexFile(), StandardCopyOption.ATOMIC_MOVE);
            steps.before("unlink a pack");
            Files.deleteIfExists(pack.data());
        }
    }

    void each(Kind kind, Consumer<Digest> found) {
        try {
            // What is in files and packs both is rare: tell it once all the same.
            Set<Digest> inFiles = new HashSet<>();
            files(kind).each(inFiles::add);
            inFiles.forEach(found);
            packs.each(kind, digest -> {
                if (!inFiles.contains(digest)) {
                    found.accept(digest);
                }
            });
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Listing what is there", e);
        }
    }
}
