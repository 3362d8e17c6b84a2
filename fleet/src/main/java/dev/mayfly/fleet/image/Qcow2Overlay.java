package dev.mayfly.fleet.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An empty qcow2 image over another one (docs/interop/qcow2.txt of QEMU, version 3). Written here and not by qemu-img,
 * because starting a process takes longer than all the rest of a clone.
 *
 * <p>Four clusters: header, table of reference counts, one block of reference counts, table of tables. No cluster of the
 * disk is allocated, so all reads go to the image below.
 */
final class Qcow2Overlay {
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION = 3;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final int HEADER = 104;

    /** Counts of 16 bits. */
    private static final int REFCOUNT_ORDER = 4;

    private static final int FORMAT_BELOW = 0xe2792aca;
    private static final int LONGEST_NAME = 1023;

    /** What one entry of the first table stands for: a cluster of entries of 8 bytes, a cluster of the disk each. */
    private static final long REACH = (long) CLUSTER / Long.BYTES * CLUSTER;

    private static final int MOST_ENTRIES = CLUSTER / Long.BYTES;
    private static final int CLUSTERS = 4;

    private Qcow2Overlay() {}

    /**
     * @param overlay must not be there
     * @param format of the image below, as QEMU names it
     * @param size in bytes of the disk as the guest sees it, at most 4 TiB; what lies behind the end of the image below
     *     reads as zeros
     */
    static void create(Path overlay, Path below, String format, long size) throws IOException {
        byte[] name = below.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        long entries = (size + REACH - 1) / REACH;
        if (name.length > LONGEST_NAME || size <= 0 || entries > MOST_ENTRIES) {
            throw new IOException("an overlay of " + size + " bytes over " + below + " does not fit into the format");
        }
        ByteBuffer image = ByteBuffer.allocate(CLUSTERS * CLUSTER);
        header(image, name, format, size, (int) entries);
        image.putLong(CLUSTER, 2L * CLUSTER);
        for (int i = 0; i < CLUSTERS; i++) {
            image.putShort(2 * CLUSTER + Short.BYTES * i, (short) 1);
        }
        image.rewind();
        try (FileChannel channel = FileChannel.open(overlay, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (image.hasRemaining()) {
                channel.write(image);
            }
        }
    }

    private static void header(ByteBuffer image, byte[] name, String format, long size, int entries) {
        byte[] word = format.getBytes(StandardCharsets.US_ASCII);
        // Extensions are padded to eight bytes, and the name stands behind the one that ends them.
        int nameAt = HEADER + 2 * Long.BYTES + Long.BYTES;
        image.putInt(MAGIC).putInt(VERSION).putLong(nameAt).putInt(name.length);
        image.putInt(CLUSTER_BITS).putLong(size).putInt(0).putInt(entries);
        image.putLong(3L * CLUSTER).putLong(CLUSTER).putInt(1).putInt(0).putLong(0);
        image.putLong(0).putLong(0).putLong(0).putInt(REFCOUNT_ORDER).putInt(HEADER);
        image.putInt(FORMAT_BELOW).putInt(word.length).put(word);
        image.position(HEADER + 2 * Long.BYTES);
        image.putLong(0);
        image.put(name);
    }
}
