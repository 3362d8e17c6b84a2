package dev.mayfly.env.object;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All trees of one layer; the first is the root. Every tree that an entry names is there. */
public final class Manifest implements EnvObject {
    private final List<Tree> trees;
    private final Map<Digest, Tree> byDigest;

    private Manifest(List<Tree> trees, Map<Digest, Tree> byDigest) {
        this.trees = trees;
        this.byDigest = byDigest;
    }

    /**
     * Trees in the order in which they are written, which is part of the digest; see {@link #of(Tree, Collection)} for the
     * usual one.
     *
     * @throws IllegalArgumentException when there is none, or when an entry names a tree that is not there
     */
    public static Manifest of(List<Tree> trees) {
        if (trees.isEmpty()) {
            throw new IllegalArgumentException("a manifest has at least its root");
        }
        Map<Digest, Tree> byDigest = new HashMap<>();
        trees.forEach(each -> byDigest.put(each.digest(), each));
        for (Tree each : trees) {
            for (Entry entry : each.entries()) {
                if (entry.kind() == EntryKind.TREE && !byDigest.containsKey(entry.object())) {
                    throw new IllegalArgumentException(
                            "the tree of " + entry.name() + " is missing: " + entry.object());
                }
            }
        }
        return new Manifest(List.copyOf(trees), Map.copyOf(byDigest));
    }

    /**
     * The manifest that SPFS makes of a directory: trees depth first, by their names, each once. Trees of the collection
     * that the root does not lead to are left out.
     *
     * @throws IllegalArgumentException when an entry names a tree that is not there
     */
    public static Manifest of(Tree root, Collection<Tree> below) {
        Map<Digest, Tree> byDigest = new HashMap<>();
        below.forEach(each -> byDigest.put(each.digest(), each));
        byDigest.put(root.digest(), root);
        Set<Tree> order = new LinkedHashSet<>();
        Deque<Tree> next = new ArrayDeque<>();
        next.push(root);
        while (!next.isEmpty()) {
            Tree tree = next.pop();
            if (order.add(tree)) {
                for (Entry entry : tree.entries().reversed()) {
                    Tree child = byDigest.get(entry.object());
                    if (entry.kind() == EntryKind.TREE && child != null) {
                        next.push(child);
                    }
                }
            }
        }
        return of(List.copyOf(order));
    }

    public Tree root() {
        return trees.getFirst();
    }

    public List<Tree> trees() {
        return trees;
    }

    public Optional<Tree> tree(Digest digest) {
        return Optional.ofNullable(byDigest.get(digest));
    }

    /** The tree of an entry of this manifest, which is there. */
    public Tree treeOf(Entry entry) {
        return tree(entry.object()).orElseThrow();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Manifest manifest && trees.equals(manifest.trees);
    }

    @Override
    public int hashCode() {
        return trees.hashCode();
    }

    @Override
    public String toString() {
        return "Manifest[" + root().digest().brief() + ", " + trees.size() + " trees]";
    }
}
