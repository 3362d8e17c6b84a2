package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.view.View;

/**
 * Says where everything in an image goes: the superblock and the table of devices, then the inodes in the order of the
 * view's nodes, each with what is inline behind it, then whole blocks of directories and long links. Since nodes are
 * numbered breadth first, the inodes of one directory are neighbours, as a listing with sizes reads them.
 *
 * <p>An inode and what is behind it never lie in two blocks: for inline data EROFS demands it, for the rest it saves reads.
 */
final class ImagePlan {
    /** An array holds an image while it is made. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 2L * Format.BLOCK;

    private final Placement placement;
    private final View view;
    private final int metaStart;
    private final int[] inodes;
    private final int[] blocks;
    private final long[] directorySizes;
    private final int[] links;
    private final int size;

    ImagePlan(Placement placement) {
        this.placement = placement;
        this.view = placement.view();
        int count = view.count();
        inodes = new int[count];
        blocks = new int[count];
        directorySizes = new long[count];
        links = new int[count];
        int devices = placement.devices().size();
        metaStart = (int) Format.roundUp(
                Format.SUPERBLOCK + Format.SUPERBLOCK_BYTES + (long) devices * Format.DEVICE_SLOT, Format.BLOCK);
        long dataStart = inodes();
        long end = dataStart;
        for (int node = 0; node < count; node++) {
            long whole = wholeBlocks(node);
            if (whole > 0) {
                blocks[node] = (int) (end >>> Format.BLOCK_BITS);
                end += whole << Format.BLOCK_BITS;
                check(end);
            }
        }
        size = (int) end;
    }

    /** @return where the last inode ends, in whole blocks */
    private long inodes() {
        // The first slot stays free: readdir(3) takes an entry with inode number 0 for a deleted one.
        long at = (long) metaStart + Format.SLOT;
        for (int node = 0; node < view.count(); node++) {
            if (view.isDirectory(node)) {
                directorySizes[node] = new DirectoryBlocks(view, node).size();
                links[node] = 2 + folders(node);
            } else if (view.children(node) > 0) {
                throw new IllegalArgumentException("no directory, yet it has entries: " + view.path(node));
            } else {
                links[node] = 1;
            }
            int unit = headBytes(node) + behind(node);
            if ((at & (Format.BLOCK - 1)) + unit > Format.BLOCK) {
                at = Format.roundUp(at, Format.BLOCK);
            }
            inodes[node] = (int) at;
            at = Format.roundUp(at + unit, Format.SLOT);
            check(at);
        }
        return Format.roundUp(at, Format.BLOCK);
    }

    private void check(long end) {
        if (end > MOST_BYTES) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "the view is too large for an image",
                    view.count() + " files and directories take more than 2 GiB of names and inodes",
                    "show it through FUSE, or divide the environment");
        }
    }

    private int folders(int directory) {
        int folders = 0;
        int first = view.firstChild(directory);
        for (int i = first; i < first + view.children(directory); i++) {
            folders += view.isDirectory(i) ? 1 : 0;
        }
        return folders;
    }

    /** Bytes of the inode itself. */
    int inodeBytes(int node) {
        return extended(node) ? Format.EXTENDED : Format.COMPACT;
    }

    /** Whether the inode needs more room than the small form has: 32 bits for the size, 16 for owners and links. */
    boolean extended(int node) {
        ErofsOptions options = placement.options();
        return view.size(node) > 0xffffffffL
                || directorySizes[node] > 0xffffffffL
                || links[node] > 0xffff
                || (options.uid() & 0xffff0000) != 0
                || (options.gid() & 0xffff0000) != 0;
    }

    /** The inode with its extended attributes. */
    int headBytes(int node) {
        return inodeBytes(node) + Redirect.bytes(placement.path(node));
    }

    private int behind(int node) {
        return switch (layout(node)) {
            case Format.FLAT_INLINE -> (int) (contentSize(node) & (Format.BLOCK - 1));
            // Aligned to its size, which after a head of 32 bytes and attributes may take a few more.
            case Format.CHUNKS ->
                (int) Format.roundUp(headBytes(node), Format.CHUNK_INDEX) - headBytes(node) + Format.CHUNK_INDEX;
            default -> 0;
        };
    }

    int layout(int node) {
        long size = contentSize(node);
        if (size == 0) {
            return Format.FLAT_PLAIN;
        }
        if (outside(node)) {
            return placement.inOneSpace() ? Format.FLAT_PLAIN : Format.CHUNKS;
        }
        int tail = (int) (size & (Format.BLOCK - 1));
        // A link is read from behind its inode only when it lies in one block with it.
        return tail != 0 && headBytes(node) + tail <= Format.BLOCK ? Format.FLAT_INLINE : Format.FLAT_PLAIN;
    }

    /** Whether the content lies on a device. */
    boolean outside(int node) {
        return view.isRegular(node) && view.size(node) > 0 && !placement.inline(node);
    }

    /** What the inode says: of a directory the size of its blocks. */
    long contentSize(int node) {
        return view.isDirectory(node) ? directorySizes[node] : view.size(node);
    }

    private long wholeBlocks(int node) {
        if (outside(node)) {
            return 0;
        }
        long size = contentSize(node);
        return switch (layout(node)) {
            case Format.FLAT_INLINE -> size >>> Format.BLOCK_BITS;
            case Format.FLAT_PLAIN -> (size + Format.BLOCK - 1) >>> Format.BLOCK_BITS;
            default -> 0;
        };
    }

    /** Where the inode begins in the image. */
    int inode(int node) {
        return inodes[node];
    }

    /** The inode's number. */
    int number(int node) {
        return (inodes[node] - metaStart) / Format.SLOT;
    }

    /** The first of the node's own blocks; 0 when it has none. */
    int block(int node) {
        return blocks[node];
    }

    int links(int node) {
        return links[node];
    }

    int metaBlock() {
        return metaStart >>> Format.BLOCK_BITS;
    }

    /** Bytes of the image, whole blocks. */
    int size() {
        return size;
    }
}
