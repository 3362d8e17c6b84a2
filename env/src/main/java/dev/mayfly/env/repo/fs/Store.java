package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackFolder;
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

/**
 * Where the bytes of objects and payloads are: in files of their own, in packs, or in the trash, from which they come back
 * when somebody wants them. All three are looked at whatever the form of the repository.
 */
public final class Store {
    private final Layout layout;
    private final Steps steps;
    private final PackFolder packs;
    private final PackFolder trashPacks;

    Store(Layout layout, Steps steps) {
        this.layout = layout;
        this.steps = steps;
        this.packs = new PackFolder(() -> List.of(layout.packs()));
        this.trashPacks = new PackFolder(
                () -> generations().stream().map(each -> each.resolve("packs")).toList());
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

    /** Generations of the trash, newest first. */
    public List<Path> generations() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(layout.trash())) {
            for (Path each : folders) {
                if (!String.valueOf(each.getFileName()).startsWith(".")) {
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

    boolean has(Kind kind, Digest digest) {
        return find(kind, digest).isPresent();
    }

    Optional<FileRange> find(Kind kind, Digest digest) {
        try {
            Path file = files(kind).path(digest);
            if (Files.isRegularFile(file)) {
                return Optional.of(new FileRange(file, 0, Files.size(file)));
            }
            Optional<FileRange> packed = packs.find(kind, digest).map(Store::range);
            if (packed.isPresent() && Files.exists(packed.get().file())) {
                return packed;
            }
            return packed.isPresent() ? findAnew(kind, digest) : inTrash(kind, digest);
        } catch (NoSuchFileException e) {
            return findAnew(kind, digest);
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Looking for " + digest, e);
        }
    }

    /** After something was not where it should be. */
    private Optional<FileRange> findAnew(Kind kind, Digest digest) {
        packs.forget();
        trashPacks.forget();
        try {
            Optional<FileRange> packed = packs.find(kind, digest).map(Store::range);
            return packed.isPresent() ? packed : inTrash(kind, digest);
        } catch (IOException e) {
            throw Disk.failed(layout.root(), "Looking for " + digest, e);
        }
    }

    private Optional<FileRange> inTrash(Kind kind, Digest digest) throws IOException {
        for (Path generation : generations()) {
            Path file = files(kind, generation).path(digest);
            if (Files.isRegularFile(file)) {
                return Optional.of(new FileRange(file, 0, Files.size(file)));
            }
        }
        Optional<FileRange> packed = trashPacks.find(kind, digest).map(Store::range);
        if (packed.isPresent() && !Files.exists(packed.get().file())) {
            // It went for good, or came back, since somebody looked.
            trashPacks.forget();
            return trashPacks.find(kind, digest).map(Store::range);
        }
        return packed;
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

    /** Whether there is any trash to look into. */
    boolean hasTrash() {
        return !generations().isEmpty();
    }

    /**
     * Brings content back from the trash, with the whole pack it is in. Only for who is at the {@link Gate} or collects.
     *
     * @return whether it was there
     */
    public boolean revive(Kind kind, Digest digest) throws IOException {
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
        if (found.isEmpty()) {
            trashPacks.refresh();
            found = trashPacks.findSure(kind, digest);
        }
        if (found.isPresent()) {
            move(found.get().pack(), layout.packs());
            return true;
        }
        return false;
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
    }

    /** Wherever the index is at any moment, there the data is too: it has both names while the index moves. */
    private void move(Pack pack, Path to) throws IOException {
        Pack moved = new Pack(to, pack.id(), pack.index());
        steps.before("link a pack");
        try {
            Files.createLink(moved.data(), pack.data());
        } catch (FileAlreadyExistsException e) {
            // A crash ended this between its steps before.
        } catch (NoSuchFileException e) {
            if (!Files.exists(moved.indexFile())) {
                throw e;
            }
        }
        steps.before("move a pack's index");
        try {
            Files.move(pack.indexFile(), moved.indexFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            if (!Files.exists(moved.indexFile())) {
                throw e;
            }
        }
        steps.before("unlink a pack");
        Files.deleteIfExists(pack.data());
        packs.forget();
        trashPacks.forget();
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
