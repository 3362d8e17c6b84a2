package dev.mayfly.env.object;

/**
 * One name in a tree.
 *
 * @param object of a blob the digest of its payload, of a tree its digest, of a mask {@link Digest#NULL}
 * @param mode a whole {@code st_mode}, with the type, which only masks lack; unsigned
 * @param size bytes of a blob. Other kinds keep the number that old encodings carry, because it is part of the digest
 */
public record Entry(EntryKind kind, Digest object, int mode, long size, RawName name) {
    /** How SPFS writes a mask: all permissions and no type. It is part of the digest. */
    private static final int MASK_MODE = 0777;

    public static Entry blob(RawName name, int mode, Digest payload, long size) {
        return new Entry(EntryKind.BLOB, payload, mode, size, name);
    }

    public static Entry tree(RawName name, int mode, Digest tree) {
        return new Entry(EntryKind.TREE, tree, mode, 0, name);
    }

    public static Entry mask(RawName name) {
        return new Entry(EntryKind.MASK, Digest.NULL, MASK_MODE, 0, name);
    }
}
