package dev.mayfly.env.view;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A tree in the making. Used by one thread. */
public final class ViewBuilder {
    /** A directory, file or link that is being put in its place. */
    public static final class Node {
        private int mode;
        private long size;
        private Digest object;
        private final TreeMap<RawName, Node> children = new TreeMap<>();

        private Node(int mode, long size, Digest object) {
            this.mode = mode;
            this.size = size;
            this.object = object;
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
            if (there == null || !there.isDirectory()) {
                there = new Node(mode, 0, Digest.NULL);
                children.put(name, there);
            }
            there.mode = mode;
            return there;
        }

        /** A file or link in place of whatever has this name, with everything below that. */
        public void file(RawName name, int mode, Digest payload, long size) {
            children.put(name, new Node(mode, size, payload));
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

    private final Node root = new Node(ROOT_MODE, 0, Digest.NULL);

    public Node root() {
        return root;
    }

    public View build() {
        List<Node> order = new ArrayList<>();
        List<RawName> names = new ArrayList<>();
        List<Integer> parents = new ArrayList<>();
        order.add(root);
        names.add(RawName.of("root"));
        parents.add(View.ROOT);
        List<Integer> firsts = new ArrayList<>();
        for (int at = 0; at < order.size(); at++) {
            firsts.add(order.size());
            for (Map.Entry<RawName, Node> each : order.get(at).children.entrySet()) {
                order.add(each.getValue());
                names.add(each.getKey());
                parents.add(at);
            }
        }
        return columns(order, names, parents, firsts);
    }

    private static View columns(List<Node> order, List<RawName> names, List<Integer> parents, List<Integer> firsts) {
        int count = order.size();
        int[] modes = new int[count];
        long[] sizes = new long[count];
        Digest[] objects = new Digest[count];
        int[] children = new int[count];
        for (int i = 0; i < count; i++) {
            Node node = order.get(i);
            modes[i] = node.mode;
            sizes[i] = node.size;
            objects[i] = node.object;
            children[i] = node.children.size();
        }
        return new View(
                names.toArray(RawName[]::new),
                parents.stream().mapToInt(Integer::intValue).toArray(),
                modes,
                sizes,
                objects,
                firsts.stream().mapToInt(Integer::intValue).toArray(),
                children);
    }
}
