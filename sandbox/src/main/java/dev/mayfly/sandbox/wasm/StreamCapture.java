package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.Captured;
import java.util.Arrays;

/** Keeps the first and the last bytes of a stream, counts the rest; room grows with what is written. */
final class StreamCapture {
    private static final int FIRST_ROOM = 4096;

    private final int headLimit;
    private final int tailLimit;
    private byte[] head = new byte[0];
    private int headLength;
    private byte[] ring = new byte[0];
    private int ringNext;
    private long total;

    StreamCapture(int limit) {
        this.headLimit = limit - limit / 2;
        this.tailLimit = limit / 2;
    }

    void write(byte[] bytes, int from, int length) {
        total += length;
        int toHead = Math.min(length, headLimit - headLength);
        if (toHead > 0) {
            if (headLength + toHead > head.length) {
                int room = Math.max(Math.max(FIRST_ROOM, head.length * 2), headLength + toHead);
                head = Arrays.copyOf(head, Math.min(room, headLimit));
            }
            System.arraycopy(bytes, from, head, headLength, toHead);
            headLength += toHead;
        }
        toRing(bytes, from + toHead, length - toHead);
    }

    private void toRing(byte[] bytes, int from, int length) {
        if (length <= 0 || tailLimit == 0) {
            return;
        }
        if (ring.length == 0) {
            ring = new byte[tailLimit];
        }
        int skipped = Math.max(0, length - tailLimit);
        int at = from + skipped;
        int left = length - skipped;
        while (left > 0) {
            int step = Math.min(left, tailLimit - ringNext);
            System.arraycopy(bytes, at, ring, ringNext, step);
            ringNext = (ringNext + step) % tailLimit;
            at += step;
            left -= step;
        }
    }

    long total() {
        return total;
    }

    Captured captured() {
        long behindHead = total - headLength;
        byte[] tail;
        if (behindHead == 0) {
            tail = new byte[0];
        } else if (behindHead < tailLimit) {
            tail = Arrays.copyOf(ring, (int) behindHead);
        } else {
            tail = new byte[tailLimit];
            System.arraycopy(ring, ringNext, tail, 0, tailLimit - ringNext);
            System.arraycopy(ring, 0, tail, tailLimit - ringNext, ringNext);
        }
        if (total <= (long) headLength + tail.length) {
            byte[] whole = Arrays.copyOf(head, headLength + tail.length);
            System.arraycopy(tail, 0, whole, headLength, tail.length);
            return new Captured(whole, new byte[0], total);
        }
        return new Captured(Arrays.copyOf(head, headLength), tail, total);
    }
}
