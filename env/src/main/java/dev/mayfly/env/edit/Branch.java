package dev.mayfly.env.edit;

import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Ingest.Written;
import dev.mayfly.env.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A folder of a layer whose files are still being hashed. */
final class Branch {
    /** Something with a name; its entry is known when its content is. */
    private sealed interface Twig {}

    private record Known(Entry entry) implements Twig {}

    private record Hashing(RawName name, int mode, Supplier<Written> content) implements Twig {}

    private record Below(RawName name, int mode, Lower lower, Branch branch) implements Twig {}

    private final List<Twig> twigs = new ArrayList<>();

    void mask(RawName name) {
        twigs.add(new Known(Entry.mask(name)));
    }

    /** @param content waits until the payload is in the repository */
    void file(RawName name, int mode, Supplier<Written> content) {
        twigs.add(new Hashing(name, mode, content));
    }

    /** @param lower what is below it */
    void folder(RawName name, int mode, Lower lower, Branch branch) {
        twigs.add(new Below(name, mode, lower, branch));
    }

    /**
     * Waits for all content.
     *
     * @param below when given, what is the same there is left out
     */
    Manifest manifest(Optional<Lower> below) {
        List<Tree> trees = new ArrayList<>();
        Tree root = grow(below, trees);
        return Manifest.of(root, trees);
    }

    private Tree grow(Optional<Lower> below, List<Tree> trees) {
        List<Entry> entries = new ArrayList<>();
        for (Twig twig : twigs) {
            switch (twig) {
                case Known known -> add(entries, known.entry, below);
                case Hashing file -> {
                    Written written = file.content.get();
                    add(entries, Entry.blob(file.name, file.mode, written.digest(), written.size()), below);
                }
                case Below folder -> {
                    Tree grown = folder.branch.grow(below.map(_ -> folder.lower), trees);
                    boolean same = below.isPresent()
                            && grown.entries().isEmpty()
                            && folder.lower.node() >= 0
                            && folder.lower.view().mode(folder.lower.node()) == folder.mode;
                    if (!same) {
                        entries.add(Entry.tree(folder.name, folder.mode, grown.digest()));
                        trees.add(grown);
                    }
                }
            }
        }
        return Tree.of(entries);
    }

    private static void add(List<Entry> entries, Entry entry, Optional<Lower> below) {
        if (below.isEmpty() || !isSame(entry, below.get().view(), below.get().node())) {
            entries.add(entry);
        }
    }

    private static boolean isSame(Entry entry, View below, int node) {
        int there = node < 0 || !below.isDirectory(node) ? -1 : below.child(node, entry.name());
        return switch (entry.kind()) {
            case MASK -> there < 0;
            case TREE -> false;
            case BLOB ->
                there >= 0
                        && !FileMode.isDirectory(below.mode(there))
                        && below.mode(there) == entry.mode()
                        && below.object(there).equals(entry.object());
        };
    }
}
