package dev.mayfly.env.fuse;

import dev.mayfly.env.fuse.FuseAbi.Attr;
import dev.mayfly.env.fuse.FuseAbi.AttrOut;
import dev.mayfly.env.fuse.FuseAbi.Dirent;
import dev.mayfly.env.fuse.FuseAbi.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import java.lang.foreign.MemorySegment;

/**
 * What the kernel is told of the nodes of a view: names, attributes, directories. Stateless but for the view, so all threads
 * share it. The number of a node is its place in the view and one, for ever: nothing is counted and nothing is forgotten.
 */
final class Nodes {
    /** What never changes may be remembered for as long as the kernel can count: seconds, about 68 years. */
    private static final long FOREVER = Integer.MAX_VALUE;

    private static final int BLOCK = 512;
    private static final int IO_SIZE = 4096;
    /** S_IFMT bits as d_type has them (dirent.h, IFTODT). */
    private static final int TYPE_SHIFT = 12;
    /** A directory whose links nobody counted: tools such as find then do not conclude from it. */
    private static final int LINKS = 1;
    /** "." and ".." come first in a listing. */
    private static final int DOTS = 2;

    private final View view;
    private final FuseOptions options;

    Nodes(View view, FuseOptions options) {
        this.view = view;
        this.options = options;
    }

    /** The node of this number, or -1. */
    int node(long id) {
        return id >= FuseAbi.ROOT_ID && id <= view.count() ? (int) (id - FuseAbi.ROOT_ID) : -1;
    }

    /**
     * Looks a name up. What is not there is answered with node 0, which the kernel remembers too.
     *
     * @param length of the name, without its NUL
     * @return bytes written, or a negative errno
     */
    int lookup(int directory, MemorySegment request, long nameAt, int length, MemorySegment to, long at) {
        if (!view.isDirectory(directory)) {
            return -Native.ENOTDIR;
        }
        if (length > RawName.LONGEST) {
            return -Native.ENAMETOOLONG;
        }
        int found = find(directory, request, nameAt, length);
        entry(found, to, at);
        return Entry.SIZE;
    }

    private int find(int directory, MemorySegment request, long nameAt, int length) {
        if (length == 1 && Words.getByte(request, nameAt) == '.') {
            return directory;
        }
        if (length == 2 && Words.getByte(request, nameAt) == '.' && Words.getByte(request, nameAt + 1) == '.') {
            return view.parent(directory);
        }
        int low = view.firstChild(directory);
        int high = low + view.children(directory) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(view.name(middle), request, nameAt, length);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private static int compare(RawName name, MemorySegment request, long nameAt, int length) {
        int shared = Math.min(name.length(), length);
        for (int i = 0; i < shared; i++) {
            int order = Byte.compareUnsigned(name.at(i), Words.getByte(request, nameAt + i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(name.length(), length);
    }

    /** struct fuse_entry_out; of -1 the one that says that there is nothing. */
    void entry(int node, MemorySegment to, long at) {
        clear(to, at, Entry.SIZE);
        Words.putLong(to, at + Entry.ENTRY_VALID, FOREVER);
        if (node >= 0) {
            Words.putLong(to, at + Entry.NODE, node + FuseAbi.ROOT_ID);
            Words.putLong(to, at + Entry.ATTR_VALID, FOREVER);
            attributes(node, to, at + Entry.ATTR);
        }
    }

    /** struct fuse_attr_out. */
    int attributesOut(int node, MemorySegment to, long at) {
        clear(to, at, AttrOut.SIZE);
        Words.putLong(to, at + AttrOut.ATTR_VALID, FOREVER);
        attributes(node, to, at + AttrOut.ATTR);
        return AttrOut.SIZE;
    }

    private void attributes(int node, MemorySegment to, long at) {
        long size = view.size(node);
        Words.putLong(to, at + Attr.INO, node + FuseAbi.ROOT_ID);
        Words.putLong(to, at + Attr.BYTES, size);
        Words.putLong(to, at + Attr.BLOCKS, (size + BLOCK - 1) / BLOCK);
        Words.putLong(to, at + Attr.ATIME, options.time());
        Words.putLong(to, at + Attr.MTIME, options.time());
        Words.putLong(to, at + Attr.CTIME, options.time());
        Words.putInt(to, at + Attr.MODE, view.mode(node));
        Words.putInt(to, at + Attr.NLINK, LINKS);
        Words.putInt(to, at + Attr.UID, options.uid());
        Words.putInt(to, at + Attr.GID, options.gid());
        Words.putInt(to, at + Attr.BLKSIZE, IO_SIZE);
    }

    /**
     * A piece of a listing, of whole entries. The cookie of an entry is the place of the next one, so a listing can go on
     * anywhere and costs no memory.
     *
     * @param place of the first: 0 and 1 are the dots, then the children
     * @param plus whether each comes with what a lookup would say of it
     * @return bytes written, 0 at the end, or a negative errno
     */
    int list(int directory, long place, int room, boolean plus, MemorySegment to, long at) {
        if (!view.isDirectory(directory)) {
            return -Native.ENOTDIR;
        }
        int places = view.children(directory) + DOTS;
        long end = at;
        for (long i = Math.max(place, 0); i < places; i++) {
            int node = at(directory, (int) i);
            int nameLength = i < DOTS ? (int) i + 1 : view.name(node).length();
            int head = plus ? Entry.SIZE : 0;
            int bytes = head + padded(Dirent.NAME + nameLength);
            if (end - at + bytes > room) {
                return end == at ? -Native.EINVAL : (int) (end - at);
            }
            if (plus) {
                // A lookup that never happened must not be counted, and the dots are none.
                entry(i < DOTS ? -1 : node, to, end);
            }
            dirent(node, i, nameLength, to, end + head);
            end += bytes;
        }
        return (int) (end - at);
    }

    private int at(int directory, int place) {
        return switch (place) {
            case 0 -> directory;
            case 1 -> view.parent(directory);
            default -> view.firstChild(directory) + place - DOTS;
        };
    }

    private void dirent(int node, long place, int nameLength, MemorySegment to, long at) {
        Words.putLong(to, at + Dirent.INO, node + FuseAbi.ROOT_ID);
        Words.putLong(to, at + Dirent.OFF, place + 1);
        Words.putInt(to, at + Dirent.NAMELEN, nameLength);
        Words.putInt(to, at + Dirent.TYPE, (view.mode(node) & FileMode.TYPE) >>> TYPE_SHIFT);
        long name = at + Dirent.NAME;
        if (place < DOTS) {
            for (int i = 0; i < nameLength; i++) {
                Words.putByte(to, name + i, (byte) '.');
            }
        } else {
            RawName bytes = view.name(node);
            for (int i = 0; i < nameLength; i++) {
                Words.putByte(to, name + i, bytes.at(i));
            }
        }
        for (long i = name + nameLength; i < at + padded(Dirent.NAME + nameLength); i++) {
            Words.putByte(to, i, (byte) 0);
        }
    }

    private static void clear(MemorySegment to, long at, int bytes) {
        for (int i = 0; i < bytes; i += Long.BYTES) {
            Words.putLong(to, at + i, 0);
        }
    }

    private static int padded(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }
}
