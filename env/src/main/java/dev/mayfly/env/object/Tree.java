package dev.mayfly.env.object;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The entries of one directory, sorted by name, each name once. Its digest is that of its old encoding in every format and
 * strategy: trees are found in their manifest by it.
 */
public final class Tree {
    /** Bytes of an entry without its words: digest, mode, size, and the end of the name. */
    private static final int NUMBERS = Digest.BYTES + 2 * Long.BYTES + 1;

    private final List<Entry> entries;
    private final Digest digest;

    private Tree(List<Entry> entries, Digest digest) {
        this.entries = entries;
        this.digest = digest;
    }

    /** @throws IllegalArgumentException when a name is there twice */
    public static Tree of(List<Entry> entries) {
        List<Entry> sorted = isSorted(entries)
                ? List.copyOf(entries)
                : entries.stream().sorted(Comparator.comparing(Entry::name)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).name().equals(sorted.get(i - 1).name())) {
                throw new IllegalArgumentException("a tree has " + sorted.get(i).name() + " twice");
            }
        }
        return new Tree(sorted, Digest.of(encode(sorted)));
    }

    /** As those that are read are. */
    private static boolean isSorted(List<Entry> entries) {
        for (int i = 1; i < entries.size(); i++) {
            if (entries.get(i - 1).name().compareTo(entries.get(i).name()) > 0) {
                return false;
            }
        }
        return true;
    }

    public List<Entry> entries() {
        return entries;
    }

    public Digest digest() {
        return digest;
    }

    public Optional<Entry> find(RawName name) {
        int low = 0;
        int high = entries.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = entries.get(middle).name().compareTo(name);
            if (order == 0) {
                return Optional.of(entries.get(middle));
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /**
     * The old encoding: a count and then of each entry object, kind, mode, size and name. Numbers are 64 bits, big-endian;
     * words end with NUL.
     */
    public byte[] encoded() {
        return encode(entries);
    }

    private static byte[] encode(List<Entry> entries) {
        int size = Long.BYTES;
        for (Entry each : entries) {
            size = Math.addExact(
                    size, NUMBERS + each.kind().length() + each.name().length());
        }
        ByteBuffer out = ByteBuffer.allocate(size).putLong(entries.size());
        for (Entry each : entries) {
            each.object().put(out);
            each.kind().put(out);
            out.putLong(Integer.toUnsignedLong(each.mode())).putLong(each.size());
            each.name().put(out);
            out.put((byte) 0);
        }
        return out.array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tree tree && digest.equals(tree.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "Tree[" + digest.brief() + ", " + entries.size() + " entries]";
    }
}
