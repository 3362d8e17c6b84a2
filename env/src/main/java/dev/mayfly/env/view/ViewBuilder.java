package dev.mayfly.env.view;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import java.util.Map;
import java.util.TreeMap;

/** A tree in the making. Used by one thread. */
public final class ViewBuilder {
    /** A directory, file or link that is being put in its place. */
    public static final class Node {
        private int mode;
        private long size;
        private Digest object;
        /** Immutable and empty for what was put in as a file, whatever its mode says. */
        private final Map<RawName, Node> children;

        private Node(int mode, long size, Digest object, Map<RawName, Node> children) {
            this.mode = mode;
            this.size = size;
            this.object = object;
            this.children = children;
        }

        private int count() {
            int count = 1;
            for (Node each : children.values()) {
                count += each.children.isEmpty() ? 1 : each.count();
            }
            return count;
        }

        public boolean isDirectory() {
            return FileMode.isDirectory(mode);
        }

        public Map<RawName, Node> children() {
            return children;
        }

        /** The directory of this name; one that is there stays, with its children, and takes this mode. */
        public Node directory(RawName name, int mode) {
            Node there = children.get(name);
            if (there == null || !there.isDirectory() || !(there.children instanceof TreeMap)) {
                there = new Node(mode, 0, Digest.NULL, new TreeMap<>());
                children.put(name, there);
            }
            there.mode = mode;
            return there;
        }

        /** A file or link in place of whatever has this name, with everything below that. */
        public void file(RawName name, int mode, Digest payload, long size) {
            children.put(name, new Node(mode, size, payload, Map.of()));
        }

        /** Takes away whatever has this name, with everything below it. */
        public void remove(RawName name) {
            children.remove(name);
        }

        public void mode(int newMode) {
            mode = newMode;
        }
    }

    /** How SPFS shows the root of every environment. */
    private static final int ROOT_MODE = FileMode.DIRECTORY | 0777;

    private final Node root = new Node(ROOT_MODE, 0, Digest.NULL, new TreeMap<>());

    public Node root() {
        return root;
    }

    public View build() {
        int count = root.count();
        Node[] order = new Node[count];
        RawName[] names = new RawName[count];
        int[] parents = new int[count];
        int[] modes = new int[count];
        long[] sizes = new long[count];
        Digest[] objects = new Digest[count];
        int[] firsts = new int[count];
        int[] children = new int[count];
        order[View.ROOT] = root;
        names[View.ROOT] = RawName.of("root");
        int end = 1;
        for (int at = 0; at < count; at++) {
            Node node = order[at];
            modes[at] = node.mode;
            sizes[at] = node.size;
            objects[at] = node.object;
            firsts[at] = end;
            children[at] = node.children.size();
            for (Map.Entry<RawName, Node> each : node.children.entrySet()) {
                order[end] = each.getValue();
                names[end] = each.getKey();
                parents[end] = at;
                end++;
            }
        }
        return new View(names, parents, modes, sizes, objects, firsts, children);
    }
}
