package dev.mayfly.env.view;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * One tree of files, as a process would see it. Immutable. A node is a number from 0, the root, upwards; nodes are numbered
 * breadth first, so the children of a directory are neighbours, and they are sorted by name. That numbering is a function of
 * the tree alone: front ends may use it as inode numbers that mean the same in each process.
 *
 * <p>Columns instead of objects: a view of a million files is a handful of arrays.
 */
public final class View {
    public static final int ROOT = 0;

    private final RawName[] names;
    private final int[] parents;
    private final int[] modes;
    private final long[] sizes;
    private final Digest[] objects;
    private final int[] firstChild;
    private final int[] children;
    /** What this view is, for those that were made of it; they must not hold the view itself, or none would ever end. */
    private final Object identity = new Object();

    private final Optional<Origin> origin;

    /** @param nodes of the view below: the one that a node is with all that lies below it, or -1 */
    @SuppressWarnings("ArrayRecordComponent") // Private to a view, which never changes.
    private record Origin(Object below, int[] nodes) {}

    View(
            RawName[] names,
            int[] parents,
            int[] modes,
            long[] sizes,
            Digest[] objects,
            int[] firstChild,
            int[] children) {
        this(names, parents, modes, sizes, objects, firstChild, children, Optional.empty());
    }

    private View(
            RawName[] names,
            int[] parents,
            int[] modes,
            long[] sizes,
            Digest[] objects,
            int[] firstChild,
            int[] children,
            Optional<Origin> origin) {
        this.names = names;
        this.parents = parents;
        this.modes = modes;
        this.sizes = sizes;
        this.objects = objects;
        this.firstChild = firstChild;
        this.children = children;
        this.origin = origin;
    }

    /** The same view, made of another one. */
    View madeOf(View below, int[] nodes) {
        return new View(
                names,
                parents,
                modes,
                sizes,
                objects,
                firstChild,
                children,
                Optional.of(new Origin(below.identity, nodes)));
    }

    /** Whether this was made by putting a layer over that very view, so that {@link #origin} tells nodes of it. */
    public boolean isOver(View below) {
        return origin.isPresent() && origin.get().below.equals(below.identity);
    }

    /** The node of the view below that this one is, with everything below it; -1 when it is new or changed. */
    public int origin(int node) {
        return origin.map(each -> each.nodes[node]).orElse(-1);
    }

    /** Of the root all but its children. */
    void copyRoot(RawName[] toNames, int[] toModes, Digest[] toObjects) {
        copy(ROOT, ROOT + 1, ROOT, toNames, toModes, new long[1], toObjects);
    }

    /** What these nodes are by themselves, to another place. */
    void copy(int first, int last, int to, RawName[] toNames, int[] toModes, long[] toSizes, Digest[] toObjects) {
        System.arraycopy(names, first, toNames, to, last - first);
        System.arraycopy(modes, first, toModes, to, last - first);
        System.arraycopy(sizes, first, toSizes, to, last - first);
        System.arraycopy(objects, first, toObjects, to, last - first);
    }

    /** How many nodes there are; at least the root. */
    public int count() {
        return parents.length;
    }

    /** @throws IllegalArgumentException for the root, which has none */
    public RawName name(int node) {
        if (node == ROOT) {
            throw new IllegalArgumentException("the root has no name");
        }
        return names[node];
    }

    /** Of the root itself. */
    public int parent(int node) {
        return parents[node];
    }

    /** A whole {@code st_mode}. */
    public int mode(int node) {
        return modes[node];
    }

    /** Bytes of a file or of a link's target; 0 for a directory. */
    public long size(int node) {
        return sizes[node];
    }

    /** The payload of a file or link; {@link Digest#NULL} for a directory. */
    public Digest object(int node) {
        return objects[node];
    }

    public int firstChild(int node) {
        return firstChild[node];
    }

    /** 0 for what is no directory. */
    public int children(int node) {
        return children[node];
    }

    public boolean isDirectory(int node) {
        return FileMode.isDirectory(modes[node]);
    }

    public boolean isSymlink(int node) {
        return FileMode.isSymlink(modes[node]);
    }

    public boolean isRegular(int node) {
        return FileMode.isRegular(modes[node]);
    }

    /** The child of this name, or -1. */
    public int child(int directory, RawName name) {
        int from = firstChild[directory];
        int found = Arrays.binarySearch(names, from, from + children[directory], name);
        return found < 0 ? -1 : found;
    }

    /** The node at a path with slashes between names; leading and double ones do not matter. Links are not followed. */
    public Optional<Integer> find(String path) {
        int node = ROOT;
        for (String part : path.split("/", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            byte[] name = part.getBytes(StandardCharsets.UTF_8);
            if (!RawName.fits(name)) {
                return Optional.empty();
            }
            node = child(node, RawName.of(name));
            if (node < 0) {
                return Optional.empty();
            }
        }
        return Optional.of(node);
    }

    /** The path from the root, beginning with a slash. */
    public String path(int node) {
        if (node == ROOT) {
            return "/";
        }
        StringBuilder path = new StringBuilder();
        for (int each = node; each != ROOT; each = parents[each]) {
            path.insert(0, "/" + names[each]);
        }
        return path.toString();
    }
}
