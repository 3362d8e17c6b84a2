package dev.mayfly.env.view;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts one layer over a view: the rule of {@link Stack} on sorted columns. Folders that the layer does not mention are copied
 * by piece, so the time is that of copying arrays.
 */
final class Overlay {
    private static final int NOTHING = -1;
    private static final int SPARE = 1024;

    private final View below;
    private final Manifest layer;
    /** What the layer says of a folder of the new view, by its number. */
    private final Map<Integer, Tree> said = new HashMap<>();

    private RawName[] names;
    private int[] parents;
    private int[] modes;
    private long[] sizes;
    private Digest[] objects;
    private int[] firsts;
    private int[] counts;
    /** The node below that a node goes on from, changed or not; {@link #NOTHING} for what is new. */
    private int[] from;

    private int end = 1;

    Overlay(View below, Manifest layer) {
        this.below = below;
        this.layer = layer;
        // Trees that are there twice take more, which is made when it is wanted.
        int room = below.count() + SPARE;
        for (Tree each : layer.trees()) {
            room += each.entries().size();
        }
        names = new RawName[room];
        parents = new int[room];
        modes = new int[room];
        sizes = new long[room];
        objects = new Digest[room];
        firsts = new int[room];
        counts = new int[room];
        from = new int[room];
    }

    View view() {
        below.copyRoot(names, modes, objects);
        said.put(View.ROOT, layer.root());
        for (int at = 0; at < end; at++) {
            firsts[at] = end;
            if (FileMode.isDirectory(modes[at])) {
                fill(at);
            }
            counts[at] = end - firsts[at];
        }
        // A folder that the layer mentions is not as it was, and neither are those above it, which it mentions as well.
        said.keySet().forEach(folder -> from[folder] = NOTHING);
        View made = new View(
                Arrays.copyOf(names, end),
                Arrays.copyOf(parents, end),
                Arrays.copyOf(modes, end),
                Arrays.copyOf(sizes, end),
                Arrays.copyOf(objects, end),
                Arrays.copyOf(firsts, end),
                Arrays.copyOf(counts, end));
        return made.madeOf(below, Arrays.copyOf(from, end));
    }

    private void fill(int folder) {
        int first = from[folder] == NOTHING ? 0 : below.firstChild(from[folder]);
        int last = from[folder] == NOTHING ? 0 : first + below.children(from[folder]);
        Tree tree = said.get(folder);
        if (tree == null) {
            copy(folder, first, last);
            return;
        }
        List<Entry> entries = tree.entries();
        int old = first;
        for (Entry entry : entries) {
            int same = old;
            while (same < last && below.name(same).compareTo(entry.name()) < 0) {
                same++;
            }
            copy(folder, old, same);
            boolean there = same < last && below.name(same).equals(entry.name());
            add(folder, entry, there ? Optional.of(same) : Optional.empty());
            old = there ? same + 1 : same;
        }
        copy(folder, old, last);
    }

    /** Neighbours below become neighbours here. */
    private void copy(int folder, int first, int last) {
        room(last - first);
        below.copy(first, last, end, names, modes, sizes, objects);
        for (int node = first; node < last; node++) {
            parents[end] = folder;
            from[end] = node;
            end++;
        }
    }

    private void add(int folder, Entry entry, Optional<Integer> there) {
        switch (entry.kind()) {
            case MASK -> {}
            case BLOB -> put(folder, entry, FileMode.ofBlob(entry.mode()), entry.size(), entry.object(), NOTHING);
            case TREE -> {
                said.put(end, layer.treeOf(entry));
                int goesOn = there.filter(below::isDirectory).orElse(NOTHING);
                put(folder, entry, FileMode.ofTree(entry.mode()), 0, Digest.NULL, goesOn);
            }
        }
    }

    private void put(int folder, Entry entry, int mode, long size, Digest object, int goesOn) {
        room(1);
        names[end] = entry.name();
        modes[end] = mode;
        sizes[end] = size;
        objects[end] = object;
        parents[end] = folder;
        from[end] = goesOn;
        end++;
    }

    private void room(int more) {
        if (end + more <= parents.length) {
            return;
        }
        int room = Math.max(end + more, parents.length + parents.length / 2);
        names = Arrays.copyOf(names, room);
        parents = Arrays.copyOf(parents, room);
        modes = Arrays.copyOf(modes, room);
        sizes = Arrays.copyOf(sizes, room);
        objects = Arrays.copyOf(objects, room);
        firsts = Arrays.copyOf(firsts, room);
        counts = Arrays.copyOf(counts, room);
        from = Arrays.copyOf(from, room);
    }
}
