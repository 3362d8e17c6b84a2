package dev.mayfly.env.edit;

import dev.mayfly.env.edit.Change.Kind;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.view.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Differences in the order of a walk by names; of a folder that is new or gone everything below it is listed too. */
public final class Diff {
    private final Deque<RawName> path = new ArrayDeque<>();
    private final List<Change> changes = new ArrayList<>();

    private Diff() {}

    /** What becomes different in a view by a layer above it. Takes time by the size of the layer. */
    public static List<Change> of(View below, Manifest layer) {
        Diff diff = new Diff();
        diff.apply(layer, layer.root(), below, View.ROOT);
        return diff.changes;
    }

    public static List<Change> between(View before, View after) {
        Diff diff = new Diff();
        diff.compare(before, View.ROOT, after, View.ROOT);
        return diff.changes;
    }

    private void apply(Manifest layer, Tree tree, View below, int node) {
        for (Entry entry : tree.entries()) {
            int there = node < 0 || !below.isDirectory(node) ? -1 : below.child(node, entry.name());
            path.addLast(entry.name());
            switch (entry.kind()) {
                case MASK -> gone(below, there);
                case BLOB -> {
                    note(below, there, entry.mode(), entry.object());
                    contentsGone(below, there);
                }
                case TREE -> {
                    note(below, there, entry.mode(), Digest.NULL);
                    apply(layer, layer.treeOf(entry), below, there);
                }
            }
            path.removeLast();
        }
    }

    private void compare(View before, int one, View after, int other) {
        int left = before.firstChild(one);
        int right = after.firstChild(other);
        int leftEnd = left + before.children(one);
        int rightEnd = right + after.children(other);
        while (left < leftEnd || right < rightEnd) {
            int order = left == leftEnd
                    ? 1
                    : right == rightEnd ? -1 : before.name(left).compareTo(after.name(right));
            path.addLast(order <= 0 ? before.name(left) : after.name(right));
            if (order < 0) {
                gone(before, left++);
            } else if (order > 0) {
                added(after, right++);
            } else {
                both(before, left++, after, right++);
            }
            path.removeLast();
        }
    }

    private void both(View before, int one, View after, int other) {
        note(before, one, after.mode(other), after.object(other));
        if (before.isDirectory(one) && after.isDirectory(other)) {
            compare(before, one, after, other);
        } else {
            contentsGone(before, one);
            contentsAdded(after, other);
        }
    }

    /** @param there what has this name so far, or -1 */
    private void note(View below, int there, int mode, Digest object) {
        if (there < 0) {
            changes.add(new Change(List.copyOf(path), Kind.ADDED));
            return;
        }
        boolean folders = FileMode.isDirectory(mode) && below.isDirectory(there);
        if (below.mode(there) != mode || (!folders && !below.object(there).equals(object))) {
            changes.add(new Change(List.copyOf(path), Kind.CHANGED));
        }
    }

    private void gone(View view, int node) {
        if (node >= 0) {
            changes.add(new Change(List.copyOf(path), Kind.REMOVED));
            contentsGone(view, node);
        }
    }

    private void contentsGone(View view, int node) {
        for (int i = 0; node >= 0 && i < view.children(node); i++) {
            int child = view.firstChild(node) + i;
            path.addLast(view.name(child));
            gone(view, child);
            path.removeLast();
        }
    }

    private void added(View view, int node) {
        changes.add(new Change(List.copyOf(path), Kind.ADDED));
        contentsAdded(view, node);
    }

    private void contentsAdded(View view, int node) {
        for (int i = 0; i < view.children(node); i++) {
            int child = view.firstChild(node) + i;
            path.addLast(view.name(child));
            added(view, child);
            path.removeLast();
        }
    }
}
