package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * What is in a pack and where. Immutable; a large one is mapped and not read. The file is a header of 32 bytes (magic, count,
 * bytes of the pack, CRC-32C of all records, zero) and records of 56 (digest, offset, length, CRC-32C, kind, three zeros),
 * sorted by digest and then kind. Numbers are big-endian.
 */
public final class PackIndex {
    private static final long MAGIC =
            ByteBuffer.wrap("MFPACK1\n".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final int HEADER = 32;
    private static final int RECORD = 56;
    private static final int OFFSET = Digest.BYTES;
    private static final int LENGTH = OFFSET + 8;
    private static final int CHECKSUM = LENGTH + 8;
    private static final int KIND = CHECKSUM + 4;

    /** Below this an index is read: a mapping costs a system call and a page fault and goes only with the collector. */
    private static final int WORTH_MAPPING = 1 << 16;

    private static final Comparator<PackEntry> ORDER =
            Comparator.comparing(PackEntry::digest).thenComparing(PackEntry::kind);

    private final ByteBuffer records;
    private final int count;
    private final long packBytes;

    private PackIndex(ByteBuffer records, int count, long packBytes) {
        this.records = records;
        this.count = count;
        this.packBytes = packBytes;
    }

    /** The bytes of an index file. */
    public static ByteBuffer encode(List<PackEntry> entries, long packBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + entries.size() * RECORD);
        bytes.position(HEADER);
        for (PackEntry each : entries.stream().sorted(ORDER).toList()) {
            each.digest().put(bytes);
            bytes.putLong(each.offset()).putLong(each.length()).putInt(each.checksum());
            bytes.put(each.kind().letter()).put(new byte[3]);
        }
        bytes.flip();
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate().position(HEADER));
        return bytes.putLong(0, MAGIC)
                .putLong(8, entries.size())
                .putLong(16, packBytes)
                .putInt(24, (int) checksum.getValue());
    }

    /** @throws DamagedIndex when it is no whole index */
    public static PackIndex read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < HEADER || size > Integer.MAX_VALUE) {
                throw new DamagedIndex(file + ": no index of a pack: " + size + " bytes");
            }
            ByteBuffer bytes;
            if (size >= WORTH_MAPPING) {
                bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            } else {
                bytes = ByteBuffer.allocate((int) size);
                int count = 0;
                while (bytes.hasRemaining() && count >= 0) {
                    count = channel.read(bytes);
                }
                bytes.flip();
            }
            long records = bytes.remaining() == size ? bytes.getLong(8) : -1;
            if (bytes.getLong(0) != MAGIC || records < 0 || size != HEADER + records * RECORD) {
                throw new DamagedIndex(file + ": no index of a pack: its header does not fit it");
            }
            ByteBuffer body = bytes.slice(HEADER, (int) size - HEADER);
            CRC32C checksum = new CRC32C();
            checksum.update(body.duplicate());
            if ((int) checksum.getValue() != bytes.getInt(24)) {
                throw new DamagedIndex(file + ": the index of a pack is damaged: its checksum is another");
            }
            return new PackIndex(body, (int) records, bytes.getLong(16));
        }
    }

    public int count() {
        return count;
    }

    /** How large the pack is. */
    public long packBytes() {
        return packBytes;
    }

    public Optional<PackEntry> find(Kind kind, Digest digest) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(middle, kind, digest);
            if (order == 0) {
                return Optional.of(entry(middle));
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** In the order of digests. */
    public void each(Consumer<PackEntry> found) {
        for (int i = 0; i < count; i++) {
            found.accept(entry(i));
        }
    }

    private int compare(int record, Kind kind, Digest digest) {
        int at = record * RECORD;
        int order = Long.compareUnsigned(records.getLong(at), digest.a());
        order = order != 0 ? order : digestAt(at).compareTo(digest);
        return order != 0 ? order : Kind.of(records.get(at + KIND)).compareTo(kind);
    }

    private Digest digestAt(int at) {
        return new Digest(
                records.getLong(at), records.getLong(at + 8), records.getLong(at + 16), records.getLong(at + 24));
    }

    /** The first 8 bytes of its digest. */
    long prefix(int record) {
        return records.getLong(record * RECORD);
    }

    PackEntry entry(int record) {
        int at = record * RECORD;
        return new PackEntry(
                Kind.of(records.get(at + KIND)),
                digestAt(at),
                records.getLong(at + OFFSET),
                records.getLong(at + LENGTH),
                records.getInt(at + CHECKSUM));
    }
}
