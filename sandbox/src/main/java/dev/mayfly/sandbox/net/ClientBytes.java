package dev.mayfly.sandbox.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** Bytes that came from the client and are not used yet: as many as a reader needs, never more than a fixed bound. */
final class ClientBytes {
    /** The largest announcement read is a ClientHello of 16 KiB, cut into records as small as one byte. */
    private static final int MOST = 80 * 1024;

    private static final int FIRST = 16 * 1024;

    private final SocketChannel channel;
    private byte[] bytes = new byte[FIRST];
    private int length;

    ClientBytes(SocketChannel channel) {
        this.channel = channel;
    }

    /** The first {@link #length} bytes are valid until the next call. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void consume(int count) {
        System.arraycopy(bytes, count, bytes, 0, length - count);
        length -= count;
    }

    /** Waits for more; false at the end of the stream. */
    boolean tryMore() throws IOException {
        if (length == bytes.length) {
            if (length >= MOST) {
                throw new IOException("announcement too long");
            }
            bytes = Arrays.copyOf(bytes, Math.min(MOST, 2 * length));
        }
        int count = channel.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
        if (count > 0) {
            length += count;
        }
        return count >= 0;
    }

    /** Waits for more, which must come. */
    void more() throws IOException {
        if (!tryMore()) {
            throw new EOFException("the client ended in the middle");
        }
    }

    void require(int count) throws IOException {
        while (length < count) {
            more();
        }
    }
}
