package dev.mayfly.sandbox.launcher;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames over the socket of one launcher. The channel is non-blocking and waits in a selector: a blocking channel would
 * be closed by an interrupt, and then the launcher would have to go, where a CANCEL is enough. One thread at a time.
 */
final class LauncherChannel implements AutoCloseable {
    private static final int READ_CHUNK = 64 << 10;
    /** A larger buffer than this is given back after the frame that needed it. */
    private static final int KEEP_BUFFER = 256 << 10;

    private final SocketChannel socket;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(READ_CHUNK);
    private ByteBuffer pending = empty(KEEP_BUFFER);

    LauncherChannel(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.configureBlocking(false);
        this.selector = Selector.open();
        this.key = socket.register(selector, SelectionKey.OP_READ);
    }

    private static ByteBuffer empty(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Sends one whole frame. Not interruptible: half a frame would be a broken launcher. */
    void send(ByteBuffer frame, long timeoutNanos) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        boolean interrupted = false;
        try {
            while (frame.hasRemaining()) {
                // In slices: the JDK copies heap bytes to a direct buffer of the same size and keeps that per thread.
                ByteBuffer slice = frame.slice(frame.position(), Math.min(frame.remaining(), READ_CHUNK));
                int written = socket.write(slice);
                frame.position(frame.position() + written);
                if (written == 0) {
                    key.interestOps(SelectionKey.OP_WRITE);
                    interrupted |= await(deadline);
                }
            }
        } finally {
            key.interestOps(SelectionKey.OP_READ);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for readiness; true when the thread was interrupted meanwhile (the flag is then cleared). */
    private boolean await(long deadline) throws IOException {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new IOException("the launcher does not take or give a byte in time");
        }
        selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        selector.selectedKeys().clear();
        return Thread.interrupted();
    }

    /**
     * Waits for the next message.
     *
     * @throws InterruptedException without harm to the stream: calling again goes on where this stopped
     * @throws EOFException when the launcher is gone
     */
    LauncherMessage receive(long deadline) throws IOException, ProtocolException, InterruptedException {
        for (; ; ) {
            LauncherMessage message = buffered();
            if (message != null) {
                return message;
            }
            chunk.clear();
            int read = socket.read(chunk);
            if (read < 0) {
                throw new EOFException("the launcher closed its socket");
            }
            if (read > 0) {
                append(chunk.flip());
            } else if (await(deadline)) {
                throw new InterruptedException("interrupted while waiting for the launcher");
            }
        }
    }

    private void append(ByteBuffer bytes) {
        if (pending.remaining() < bytes.remaining()) {
            long wanted = Math.max(pending.position() + (long) bytes.remaining(), pending.capacity() * 2L);
            int largest = Wire.FRAME_MAX + Wire.HEADER + READ_CHUNK;
            ByteBuffer larger = empty((int) Math.min(wanted, largest));
            larger.put(pending.flip());
            pending = larger;
        }
        pending.put(bytes);
    }

    /** The first whole frame of what has arrived, or null. */
    private @Nullable LauncherMessage buffered() throws ProtocolException {
        int have = pending.position();
        if (have < Wire.HEADER) {
            return null;
        }
        int length = pending.getInt(0);
        if (length < 0 || length > Wire.FRAME_MAX) {
            throw new ProtocolException("frame of " + Integer.toUnsignedString(length) + " bytes is too large");
        }
        if (pending.getShort(6) != 0) {
            throw new ProtocolException("frame header: reserved bytes are not zero");
        }
        if (have < Wire.HEADER + length) {
            return null;
        }
        int type = Short.toUnsignedInt(pending.getShort(4));
        LauncherMessage message = MessageDecoder.decode(type, pending.slice(Wire.HEADER, length));
        pending.flip().position(Wire.HEADER + length);
        if (pending.capacity() > KEEP_BUFFER && pending.remaining() <= KEEP_BUFFER) {
            ByteBuffer small = empty(KEEP_BUFFER);
            small.put(pending);
            pending = small;
        } else {
            pending.compact();
        }
        return message;
    }

    @Override
    public void close() {
        try (selector) {
            socket.close();
        } catch (IOException e) {
            // Nothing of it is needed any more; the launcher ends when its side sees the end.
        }
    }
}
