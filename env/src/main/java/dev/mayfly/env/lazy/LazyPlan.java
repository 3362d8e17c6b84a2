package dev.mayfly.env.lazy;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.env.object.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the contents lie that a view lacks, in a file that is to be filled: one after the other, each from a multiple of 4096
 * on, as in a pack. A function of what is lacking and its order alone, so all processes of a view have the same.
 */
public final class LazyPlan {
    /** Blocks of EROFS, and pages. */
    private static final int ALIGNED = 4096;

    /** One content and its place. */
    public record Part(Digest digest, long offset, long size) {
        long end() {
            return offset + size;
        }
    }

    private final List<Part> parts;
    private final Map<Digest, Integer> places = new HashMap<>();
    private final long length;

    private LazyPlan(List<Part> parts) {
        this.parts = List.copyOf(parts);
        for (int i = 0; i < parts.size(); i++) {
            places.put(parts.get(i).digest(), i);
        }
        this.length = parts.isEmpty() ? 0 : roundUp(parts.getLast().end());
    }

    /** @param wanted sizes in bytes, none of them 0, in the order in which they are to lie */
    public static LazyPlan of(Map<Digest, Long> wanted) {
        List<Part> parts = new ArrayList<>(wanted.size());
        long at = 0;
        for (Map.Entry<Digest, Long> each : wanted.entrySet()) {
            parts.add(new Part(each.getKey(), at, each.getValue()));
            at = roundUp(at + each.getValue());
        }
        return new LazyPlan(parts);
    }

    private static long roundUp(long bytes) {
        return (bytes + ALIGNED - 1) & -ALIGNED;
    }

    public List<Part> parts() {
        return parts;
    }

    /** Of the whole file, in whole blocks. */
    public long length() {
        return length;
    }

    OptionalInt place(Digest digest) {
        Integer place = places.get(digest);
        return place == null ? OptionalInt.empty() : OptionalInt.of(place);
    }

    public Optional<Part> part(Digest digest) {
        return place(digest).stream().mapToObj(parts::get).findFirst();
    }

    /** The last part that begins at or before this byte; -1 when there is none. */
    int at(long offset) {
        int low = 0;
        int high = parts.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (parts.get(middle).offset() <= offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    /** A name for it together with what it is for. */
    Digest key(List<Digest> view) {
        Sha256 sum = Sha256.start();
        view.forEach(each -> sum.update(each.bytes(), 0, Digest.BYTES));
        byte[] text = text().getBytes(StandardCharsets.US_ASCII);
        sum.update(text, 0, text.length);
        return Digest.of(sum.digest());
    }

    /** A line for each part: digest and size. */
    String text() {
        StringBuilder text = new StringBuilder();
        parts.forEach(each ->
                text.append(each.digest()).append(' ').append(each.size()).append('\n'));
        return text.toString();
    }

    /** Empty when it is not what {@link #text} gives. */
    static Optional<LazyPlan> parse(String text) {
        Map<Digest, Long> wanted = new java.util.LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            String[] words = line.split(" ", -1);
            Optional<Digest> digest = Digest.parse(words[0]);
            if (words.length != 2 || digest.isEmpty() || !words[1].matches("[1-9][0-9]{0,15}")) {
                return Optional.empty();
            }
            wanted.put(digest.get(), Long.parseLong(words[1]));
        }
        return Optional.of(of(Collections.unmodifiableMap(wanted)));
    }
}
