package dev.mayfly.env.erofs;

import dev.mayfly.env.view.View;

/**
 * How the entries of one directory are dealt out to blocks. Entries are sorted by bytes, {@code .} and {@code ..} among them;
 * a block takes as many as fit with 12 bytes and its name for each, and no entry lies in two blocks.
 */
final class DirectoryBlocks {
    /** What stands for {@code .} and {@code ..} in place of a node. */
    static final int DOT = -1;

    static final int DOT_DOT = -2;

    private final View view;
    private final int first;
    private final int count;
    private final int dot;
    private final int dotDot;

    DirectoryBlocks(View view, int directory) {
        this.view = view;
        this.first = view.firstChild(directory);
        this.count = view.children(directory) + 2;
        int before = 0;
        while (before < count - 2 && beforeDot(before)) {
            before++;
        }
        this.dot = before;
        while (before < count - 2 && beforeDotDot(before)) {
            before++;
        }
        this.dotDot = before + 1;
    }

    private boolean beforeDot(int child) {
        return Byte.toUnsignedInt(view.name(first + child).at(0)) < '.';
    }

    private boolean beforeDotDot(int child) {
        return view.name(first + child).at(0) == '.'
                && Byte.toUnsignedInt(view.name(first + child).at(1)) < '.';
    }

    /** With {@code .} and {@code ..}. */
    int count() {
        return count;
    }

    /** The node that an entry names, {@link #DOT} or {@link #DOT_DOT}. */
    int node(int entry) {
        if (entry == dot) {
            return DOT;
        }
        if (entry == dotDot) {
            return DOT_DOT;
        }
        return first + entry - (entry > dot ? 1 : 0) - (entry > dotDot ? 1 : 0);
    }

    int nameLength(int entry) {
        int node = node(entry);
        return node >= 0 ? view.name(node).length() : -node;
    }

    /** The first entry that is not in the block that begins with this one. */
    int end(int from) {
        int used = 0;
        int at = from;
        while (at < count) {
            used += Format.DIRENT + nameLength(at);
            if (used > Format.BLOCK) {
                break;
            }
            at++;
        }
        return at;
    }

    /** Bytes that entries take in one block. */
    int bytes(int from, int to) {
        int used = 0;
        for (int i = from; i < to; i++) {
            used += Format.DIRENT + nameLength(i);
        }
        return used;
    }

    /** The size of the directory: all of its blocks but what is left in the last. */
    long size() {
        long size = 0;
        for (int from = 0; from < count; ) {
            int used = 0;
            while (from < count) {
                int more = Format.DIRENT + nameLength(from);
                if (used + more > Format.BLOCK) {
                    break;
                }
                used += more;
                from++;
            }
            size += from < count ? Format.BLOCK : used;
        }
        return size;
    }
}
