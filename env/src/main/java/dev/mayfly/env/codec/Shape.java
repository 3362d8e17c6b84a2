package dev.mayfly.env.codec;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Tree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether a manifest may be walked. Trees are shared by their digests, so fifty small trees that name each other twice are
 * 2^50 directories; and a chain of them is as deep as it has trees. Both would end whoever walks them.
 */
final class Shape {
    /** Deeper than a path can be: PATH_MAX is 4096 bytes with at least two for each level (limits.h). */
    static final int DEEPEST = 2048;

    /** Files, links and folders of one layer. */
    static final long MOST_NODES = 20_000_000;

    private record Extent(int depth, long nodes) {}

    private Shape() {}

    static void check(Manifest manifest) {
        Map<Digest, Extent> known = new HashMap<>();
        Deque<Tree> open = new ArrayDeque<>();
        open.push(manifest.root());
        while (!open.isEmpty()) {
            Tree tree = open.peek();
            if (known.containsKey(tree.digest()) || !pushUnknown(manifest, tree, known, open)) {
                open.pop();
                known.computeIfAbsent(tree.digest(), _ -> extent(tree, known));
            }
        }
    }

    private static boolean pushUnknown(Manifest manifest, Tree tree, Map<Digest, Extent> known, Deque<Tree> open) {
        boolean pushed = false;
        for (Entry entry : tree.entries()) {
            if (entry.kind() == EntryKind.TREE && !known.containsKey(entry.object())) {
                open.push(manifest.treeOf(entry));
                pushed = true;
            }
        }
        return pushed;
    }

    private static Extent extent(Tree tree, Map<Digest, Extent> known) {
        int depth = 0;
        long nodes = tree.entries().size();
        for (Entry entry : tree.entries()) {
            Extent child = entry.kind() == EntryKind.TREE ? known.get(entry.object()) : null;
            if (child != null) {
                depth = Math.max(depth, child.depth() + 1);
                nodes += child.nodes();
            }
        }
        if (depth > DEEPEST) {
            throw Corrupt.object("its folders are nested deeper than " + DEEPEST);
        }
        if (nodes > MOST_NODES) {
            throw Corrupt.object("it stands for more than " + MOST_NODES + " files");
        }
        return new Extent(depth, nodes);
    }
}
