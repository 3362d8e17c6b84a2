package dev.mayfly.env.pack;

import dev.mayfly.base.fs.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * One index over all packs of a folder, in its file {@code catalog}: with it a content is found by one search, and the index of
 * one pack is read instead of all. It is derived: packs that came since it was written are looked at themselves, those that went
 * are passed over, and one that is torn is as if it were not there.
 *
 * <p>The file is a header of 32 bytes (magic, packs, bytes of their names, records, CRC-32C of all behind the header, four zeros),
 * the ids of the packs with a line feed behind each, zeros up to a multiple of 16, and the records of {@link Places}. Numbers are
 * big-endian.
 */
final class Catalog {
    static final String NAME = "catalog";
    private static final long MAGIC =
            ByteBuffer.wrap("MFPCAT1\n".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final int HEADER = 32;
    private static final int NAMES = 12;
    private static final int COUNT = 16;
    private static final int SUM = 24;

    /** So many packs may come or go before it is written anew. */
    private static final int CHANGES = 16;

    private Catalog() {}

    /** @return empty when there is none, or none that is whole */
    static Optional<Places> read(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(NAME))) {
            long size = channel.size();
            if (size < HEADER || size > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
            long names = bytes.getInt(NAMES);
            long count = bytes.getLong(COUNT);
            if (bytes.getLong(0) != MAGIC
                    || names < 0
                    || count < 0
                    || count > size
                    || size != HEADER + padded(names) + count * Places.RECORD
                    || sum(bytes.slice(HEADER, (int) size - HEADER)) != bytes.getInt(SUM)) {
                return Optional.empty();
            }
            byte[] text = new byte[(int) names];
            bytes.get(HEADER, text);
            List<Path> packs = new ArrayList<>();
            new String(text, StandardCharsets.UTF_8).lines().forEach(id -> packs.add(folder.resolve(id + Pack.INDEX)));
            int from = HEADER + (int) padded(names);
            return packs.size() == bytes.getInt(8)
                    ? Optional.of(new Places(List.copyOf(packs), bytes.slice(from, (int) size - from)))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes it when the one that is there is far from the packs that are. For one at a time; others may read meanwhile, and
     * those who have the old one go on with it.
     *
     * @return whether it was written
     */
    static boolean write(Path folder, List<Pack> packs) throws IOException {
        Set<Path> changed = new HashSet<>();
        packs.forEach(each -> changed.add(each.indexFile()));
        // Those that are in one but not in the other.
        read(folder).map(Places::packs).orElse(List.of()).forEach(each -> {
            if (!changed.remove(each)) {
                changed.add(each);
            }
        });
        if (changed.size() < CHANGES) {
            return false;
        }
        Places all = Places.merged(
                packs.stream()
                        .map(each -> Places.of(each.indexFile(), each.index()))
                        .toList(),
                _ -> true);
        StringBuilder names = new StringBuilder();
        packs.forEach(each -> names.append(each.id()).append('\n'));
        byte[] text = names.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer head = ByteBuffer.allocate(HEADER + (int) padded(text.length));
        head.putLong(MAGIC).putInt(packs.size()).putInt(text.length).putLong(all.count());
        head.position(HEADER).put(text).clear();
        head.putInt(SUM, sum(head.slice(HEADER, head.limit() - HEADER), all.records()));
        DurableFile.replace(folder.resolve(NAME), out -> {
            WritableByteChannel to = Channels.newChannel(out);
            write(to, head);
            write(to, all.records());
        });
        return true;
    }

    /** What a writer that died has left. For whoever is the only one to write it. */
    static void sweep(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            DurableFile.sweep(folder);
        }
    }

    private static void write(WritableByteChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static long padded(long bytes) {
        return (bytes + Places.RECORD - 1) / Places.RECORD * Places.RECORD;
    }

    private static int sum(ByteBuffer... parts) {
        CRC32C sum = new CRC32C();
        for (ByteBuffer each : parts) {
            sum.update(each.duplicate());
        }
        return (int) sum.getValue();
    }
}
