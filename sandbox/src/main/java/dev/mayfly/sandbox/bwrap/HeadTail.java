package dev.mayfly.sandbox.bwrap;

import dev.mayfly.sandbox.box.Captured;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads a stream to its end, keeping its head and its tail and counting the rest; never grows beyond what is kept. */
final class HeadTail {
    private static final int CHUNK = 64 << 10;

    private final byte[] head;
    private final byte[] tail;
    private long total;

    HeadTail(int kept) {
        this.head = new byte[kept - kept / 4];
        this.tail = new byte[kept / 4];
    }

    void drain(InputStream in) {
        byte[] chunk = new byte[CHUNK];
        try (in) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                keep(chunk, n);
            }
        } catch (IOException e) {
            // The pipe was closed under us after the last process died: what was read is all there is.
        }
    }

    private synchronized void keep(byte[] bytes, int length) {
        int at = 0;
        if (total < head.length) {
            at = (int) Math.min(head.length - total, length);
            System.arraycopy(bytes, 0, head, (int) total, at);
            total += at;
        }
        if (tail.length == 0) {
            total += length - at;
            return;
        }
        if (length - at > tail.length) { // only the last bytes can matter
            total += length - at - tail.length;
            at = length - tail.length;
        }
        while (at < length) {
            int place = (int) ((total - head.length) % tail.length);
            int n = Math.min(tail.length - place, length - at);
            System.arraycopy(bytes, at, tail, place, n);
            total += n;
            at += n;
        }
    }

    synchronized Captured captured() {
        int inHead = (int) Math.min(total, head.length);
        long beyond = total - inHead;
        byte[] last;
        if (beyond <= tail.length || tail.length == 0) {
            last = Arrays.copyOf(tail, (int) Math.min(beyond, tail.length));
        } else {
            int place = (int) (beyond % tail.length);
            last = new byte[tail.length];
            System.arraycopy(tail, place, last, 0, tail.length - place);
            System.arraycopy(tail, 0, last, tail.length - place, place);
        }
        return new Captured(Arrays.copyOf(head, inHead), last, total);
    }
}
