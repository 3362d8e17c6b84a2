package dev.mayfly.queue.nats;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the newest of a stream that can only be read forwards: reads windows from its end, each twice as long as the one
 * before. Numbers that were deleted or overwritten cost nothing, because the server skips them.
 */
record Backwards(long first, long last) {
    private static final long SHORTEST = 256;
    private static final long LONGEST = 1 << 17;

    /** Reads what is wanted from one number to another, both included, in order. */
    @FunctionalInterface
    interface Window<T> {
        List<T> read(long from, long to);
    }

    /** Newest first. */
    <T> List<T> newest(int most, Window<T> window) {
        List<T> found = new ArrayList<>();
        long length = Math.max(SHORTEST, 4L * most);
        for (long to = last; to >= first && to > 0 && found.size() < most; length = Math.min(2 * length, LONGEST)) {
            long from = Math.max(first, to - length + 1);
            List<T> part = window.read(from, to);
            for (int i = part.size() - 1; i >= 0 && found.size() < most; i--) {
                found.add(part.get(i));
            }
            to = from - 1;
        }
        return List.copyOf(found);
    }
}
