package dev.mayfly.env.server;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Pieces that one thread puts in and another reads as a stream. Whoever waits too long for the other gives up. */
final class Inlet extends InputStream {
    private static final int PIECES = 4;

    private sealed interface Part {}

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Bytes(byte[] bytes) implements Part {}

    private record End() implements Part {}

    private record Broken(String why) implements Part {}

    private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(PIECES);
    private final Duration stall;
    private volatile boolean closed;
    private Part current = new Bytes(new byte[0]);
    private int at;

    Inlet(Duration stall) {
        this.stall = stall;
    }

    void put(byte[] bytes) throws IOException {
        offer(new Bytes(bytes));
    }

    void end() throws IOException {
        offer(new End());
    }

    void breakOff(String why) throws IOException {
        offer(new Broken(why));
    }

    private void offer(Part part) throws IOException {
        long deadline = System.nanoTime() + stall.toNanos();
        try {
            while (!closed && !parts.offer(part, 1, TimeUnit.SECONDS)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("nobody takes what was sent");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            switch (current) {
                case Bytes(byte[] content)
                when at < content.length -> {
                    int count = Math.min(length, content.length - at);
                    System.arraycopy(content, at, bytes, offset, count);
                    at += count;
                    return count;
                }
                case Bytes _ -> next();
                case End _ -> {
                    return -1;
                }
                case Broken(String why) -> throw new IOException(why);
            }
        }
    }

    private void next() throws IOException {
        try {
            Part next = parts.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
            current = next == null ? new Broken("the client sent nothing for too long") : next;
            at = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** From now on everything that is put in is dropped. */
    @Override
    public void close() {
        closed = true;
        parts.clear();
    }
}
