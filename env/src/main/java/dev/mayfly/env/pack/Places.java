package dev.mayfly.env.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * Where the contents of several packs are. Immutable. For each there is a record of 16 bytes: the first 8 bytes of its digest,
 * the number of its pack in a list, and its place in the index of that pack, which has the rest. Sorted by the first.
 */
final class Places {
    static final int RECORD = 16;
    private static final int PACK = 8;
    private static final int PLACE = 12;

    /** Told what may be what is looked for. */
    interface Candidate {
        void at(Path indexFile, int place) throws IOException;
    }

    private final List<Path> packs;
    private final ByteBuffer records;
    private final int count;

    /** @param packs their index files */
    Places(List<Path> packs, ByteBuffer records) {
        this.packs = packs;
        this.records = records;
        this.count = records.limit() / RECORD;
    }

    static Places of(Path indexFile, PackIndex index) {
        ByteBuffer records = ByteBuffer.allocate(Math.multiplyExact(index.count(), RECORD));
        for (int i = 0; i < index.count(); i++) {
            records.putLong(index.prefix(i)).putInt(0).putInt(i);
        }
        return new Places(List.of(indexFile), records.flip());
    }

    /** @param stays whether a pack is to be in what comes of it */
    static Places merged(List<Places> parts, Predicate<Path> stays) {
        List<Path> packs = new ArrayList<>();
        PriorityQueue<Cursor> next = new PriorityQueue<>(Comparator.comparingLong(Cursor::key));
        int most = 0;
        for (Places part : parts) {
            int[] numbers = new int[part.packs.size()];
            for (int i = 0; i < numbers.length; i++) {
                boolean in = stays.test(part.packs.get(i));
                numbers[i] = in ? packs.size() : -1;
                if (in) {
                    packs.add(part.packs.get(i));
                }
            }
            most = Math.addExact(most, part.count);
            if (part.count > 0) {
                next.add(new Cursor(part, numbers));
            }
        }
        ByteBuffer records = ByteBuffer.allocate(Math.multiplyExact(most, RECORD));
        while (!next.isEmpty()) {
            Cursor cursor = next.remove();
            if (cursor.put(records)) {
                next.add(cursor);
            }
        }
        return new Places(List.copyOf(packs), records.flip());
    }

    /** One part that is being merged. */
    private static final class Cursor {
        private final Places part;
        private final int[] numbers;
        private int at;

        Cursor(Places part, int[] numbers) {
            this.part = part;
            this.numbers = numbers;
        }

        /** Shifted, so that the order of signed numbers is that of digests. */
        long key() {
            return part.prefix(at) + Long.MIN_VALUE;
        }

        /** @return whether there is more */
        boolean put(ByteBuffer into) {
            int pack = numbers[part.records.getInt(at * RECORD + PACK)];
            if (pack >= 0) {
                into.putLong(part.prefix(at)).putInt(pack).putInt(part.records.getInt(at * RECORD + PLACE));
            }
            at++;
            return at < part.count;
        }
    }

    /** All packs that it knows, with or without contents. */
    List<Path> packs() {
        return packs;
    }

    /** To be written to a file. */
    ByteBuffer records() {
        return records.asReadOnlyBuffer();
    }

    int count() {
        return count;
    }

    /** @param prefix the first 8 bytes of a digest */
    void find(long prefix, Candidate found) throws IOException {
        for (int at = first(prefix); at < count && prefix(at) == prefix; at++) {
            found.at(packs.get(records.getInt(at * RECORD + PACK)), records.getInt(at * RECORD + PLACE));
        }
    }

    /** The first record that is not before it. */
    private int first(long prefix) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(prefix(middle), prefix) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long prefix(int at) {
        return records.getLong(at * RECORD);
    }
}
