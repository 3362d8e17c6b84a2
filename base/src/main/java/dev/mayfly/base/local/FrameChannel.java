package dev.mayfly.base.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Frames over a byte channel. One thread reads; any number may write, each frame goes out whole. */
final class FrameChannel {
    /**
     * Bytes moved per system call. NIO copies heap buffers through direct ones that it keeps per thread, so moving a
     * large frame in one piece would leave that much memory behind.
     */
    private static final int PIECE = 64 << 10;

    private final ByteChannel channel;
    private final ReentrantLock writing = new ReentrantLock();

    FrameChannel(ByteChannel channel) {
        this.channel = channel;
    }

    /**
     * The next frame, or nothing when the peer has closed between two frames.
     *
     * @throws ProtocolException when the frame is longer than {@code maxPayload}, of unknown type, or cut off
     */
    Optional<Frame> read(int maxPayload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (header.hasRemaining()) {
            if (channel.read(header) < 0) {
                if (header.position() == 0) {
                    return Optional.empty();
                }
                throw new ProtocolException("the connection ended inside the head of a frame");
            }
        }
        header.flip();
        long length = Integer.toUnsignedLong(header.getInt());
        FrameType type = FrameType.of(header.get() & 0xff);
        if (length > maxPayload) {
            throw new ProtocolException("a frame of " + length + " bytes, more than the limit of " + maxPayload);
        }
        return Optional.of(new Frame(type, payload((int) length)));
    }

    /** Memory grows with what has really arrived, not with what the header promises. */
    private byte[] payload(int length) throws IOException {
        byte[] bytes = new byte[Math.min(length, PIECE)];
        int filled = 0;
        while (filled < length) {
            if (filled == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * bytes.length));
            }
            ByteBuffer piece = ByteBuffer.wrap(bytes, filled, Math.min(bytes.length - filled, PIECE));
            int count = channel.read(piece);
            if (count < 0) {
                throw new ProtocolException("the connection ended inside a frame");
            }
            filled += count;
        }
        return bytes;
    }

    void write(Frame frame) throws IOException {
        byte[] payload = frame.payload();
        byte[] first = new byte[Frame.HEADER_BYTES + Math.min(payload.length, PIECE)];
        ByteBuffer.wrap(first)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put((byte) frame.type().number())
                .put(payload, 0, first.length - Frame.HEADER_BYTES);
        writing.lock();
        try {
            writeAll(ByteBuffer.wrap(first));
            for (int at = PIECE; at < payload.length; at += PIECE) {
                writeAll(ByteBuffer.wrap(payload, at, Math.min(PIECE, payload.length - at)));
            }
        } finally {
            writing.unlock();
        }
    }

    private void writeAll(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
