package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes an image into memory. The same placement gives the same bytes. */
final class ImageWriter {
    private static final byte[] VOLUME = "mayfly".getBytes(StandardCharsets.US_ASCII);

    private final Placement placement;
    private final View view;
    private final ErofsOptions options;
    private final ImagePlan plan;
    private final ByteBuffer image;

    private ImageWriter(Placement placement) {
        this.placement = placement;
        this.view = placement.view();
        this.options = placement.options();
        this.plan = new ImagePlan(placement);
        this.image = ByteBuffer.allocate(plan.size()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @return an array of whole blocks */
    static byte[] write(Placement placement) {
        ImageWriter writer = new ImageWriter(placement);
        for (int node = 0; node < writer.view.count(); node++) {
            writer.inode(node);
            writer.content(node);
        }
        writer.devices();
        writer.superblock();
        return writer.image.array();
    }

    private void inode(int node) {
        int at = plan.inode(node);
        int layout = plan.layout(node);
        boolean extended = plan.extended(node);
        byte[] path = placement.path(node);
        image.putShort(at, (short) (layout << 1 | (extended ? 1 : 0)));
        image.putShort(at + 2, (short) Redirect.count(path));
        image.putShort(at + 4, (short) view.mode(node));
        if (extended) {
            image.putLong(at + 8, plan.contentSize(node));
            image.putInt(at + 16, where(node, layout));
            image.putInt(at + 20, node + 1);
            image.putInt(at + 24, options.uid());
            image.putInt(at + 28, options.gid());
            image.putLong(at + 32, options.modified());
            image.putInt(at + 44, plan.links(node));
        } else {
            image.putShort(at + 6, (short) plan.links(node));
            image.putInt(at + 8, (int) plan.contentSize(node));
            image.putInt(at + 16, where(node, layout));
            image.putInt(at + 20, node + 1);
            image.putShort(at + 24, (short) options.uid());
            image.putShort(at + 26, (short) options.gid());
        }
        if (path.length > 0) {
            Redirect.put(image, at + plan.inodeBytes(node), path);
        }
    }

    /** The word whose meaning depends on the layout: the first block, or the format of chunks. */
    private int where(int node, int layout) {
        if (layout == Format.CHUNKS) {
            return Format.CHUNK_INDEXES | chunkBits(view.size(node));
        }
        if (plan.outside(node)) {
            return placement.address(node);
        }
        return plan.block(node) == 0 ? Format.NO_BLOCK : plan.block(node);
    }

    /** As a power of two of blocks, so that one chunk is the whole file. */
    private static int chunkBits(long size) {
        long blocks = (size + Format.BLOCK - 1) >>> Format.BLOCK_BITS;
        return blocks <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(blocks - 1);
    }

    private void content(int node) {
        int behind = plan.inode(node) + plan.headBytes(node);
        switch (plan.layout(node)) {
            case Format.CHUNKS -> chunk(node, (int) Format.roundUp(behind, Format.CHUNK_INDEX));
            case Format.FLAT_INLINE -> flat(node, behind);
            default -> flat(node, plan.block(node) << Format.BLOCK_BITS);
        }
    }

    private void chunk(int node, int at) {
        boolean below = placement.path(node).length > 0;
        image.putShort(at + 2, (short) placement.device(node));
        image.putInt(at + 4, below ? Format.NO_BLOCK : placement.block(node));
    }

    private void flat(int node, int last) {
        if (view.isDirectory(node)) {
            directory(node, last);
        } else if (view.size(node) > 0 && !plan.outside(node)) {
            image.put(last, placement.bytes(node));
        }
    }

    /** @param last where the entries go that are not in whole blocks, or all of them when there is only one block */
    private void directory(int node, int last) {
        DirectoryBlocks blocks = new DirectoryBlocks(view, node);
        int at = plan.block(node) << Format.BLOCK_BITS;
        for (int from = 0; from < blocks.count(); ) {
            int to = blocks.end(from);
            boolean inline = to == blocks.count() && plan.layout(node) == Format.FLAT_INLINE;
            entries(node, blocks, from, to, inline ? last : at);
            at += Format.BLOCK;
            from = to;
        }
    }

    private void entries(int directory, DirectoryBlocks blocks, int from, int to, int at) {
        int name = (to - from) * Format.DIRENT;
        for (int i = from; i < to; i++) {
            int node = blocks.node(i);
            int dirent = at + (i - from) * Format.DIRENT;
            int target = node >= 0 ? node : node == DirectoryBlocks.DOT ? directory : view.parent(directory);
            image.putLong(dirent, plan.number(target));
            image.putShort(dirent + 8, (short) name);
            image.put(dirent + 10, type(target));
            if (node >= 0) {
                image.position(at + name);
                view.name(node).put(image);
            } else {
                image.put(at + name, (byte) '.');
                if (node == DirectoryBlocks.DOT_DOT) {
                    image.put(at + name + 1, (byte) '.');
                }
            }
            name += blocks.nameLength(i);
        }
    }

    private byte type(int node) {
        if (view.isDirectory(node)) {
            return Format.TYPE_DIRECTORY;
        }
        return (byte) (view.isSymlink(node) ? Format.TYPE_SYMLINK : Format.TYPE_FILE);
    }

    /** Their paths are told to the kernel with each mount, so the slots have no name. */
    private void devices() {
        List<Device> devices = placement.devices();
        for (int i = 0; i < devices.size(); i++) {
            int at = Format.SUPERBLOCK + Format.SUPERBLOCK_BYTES + i * Format.DEVICE_SLOT;
            long blocks = Format.roundUp(devices.get(i).length(), Format.BLOCK) >>> Format.BLOCK_BITS;
            image.putInt(at + 64, (int) blocks);
            if (placement.inOneSpace()) {
                image.putInt(at + 68, placement.space(i + 1));
            }
        }
    }

    private void superblock() {
        int at = Format.SUPERBLOCK;
        int devices = placement.devices().size();
        image.putInt(at, Format.MAGIC);
        image.putInt(at + 8, Format.FEATURE_CHECKSUM);
        image.put(at + 12, (byte) Format.BLOCK_BITS);
        image.putShort(at + 14, (short) plan.number(View.ROOT));
        image.putLong(at + 16, view.count());
        image.putLong(at + 24, options.modified());
        image.putInt(at + 36, plan.size() >>> Format.BLOCK_BITS);
        image.putInt(at + 40, plan.metaBlock());
        ByteBuffer key = ByteBuffer.allocate(Digest.BYTES);
        placement.key().put(key);
        image.put(at + 48, key.array(), 0, 16);
        image.put(at + 64, VOLUME);
        image.putInt(at + 80, Format.FEATURE_CHUNKS | (devices == 0 ? 0 : Format.FEATURE_DEVICES));
        image.putShort(at + 86, (short) devices);
        image.putShort(at + 88, (short)
                (devices == 0 ? 0 : (Format.SUPERBLOCK + Format.SUPERBLOCK_BYTES) / Format.DEVICE_SLOT));
        CRC32C sum = new CRC32C();
        sum.update(image.array(), at, Format.BLOCK - Format.SUPERBLOCK);
        // The kernel's crc32c leaves out the last inversion.
        image.putInt(at + 4, ~(int) sum.getValue());
    }
}
