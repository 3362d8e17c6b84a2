package dev.mayfly.env.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The socket to one entrance: a plan out, lines in. Used by one thread at a time. */
final class EntranceChannel implements AutoCloseable {
    private static final int LONGEST = 4096;

    private final SocketChannel socket;
    private final ByteBuffer buffer = ByteBuffer.allocate(LONGEST).flip();

    EntranceChannel(SocketChannel socket) {
        this.socket = socket;
    }

    void send(byte[] plan) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(plan);
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
    }

    /** The next line, waited for; empty when the other side has gone or speaks something else. */
    Optional<String> line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            while (line.size() < LONGEST) {
                if (!buffer.hasRemaining()) {
                    buffer.clear();
                    int count = socket.read(buffer);
                    buffer.flip();
                    if (count < 0) {
                        return Optional.empty();
                    }
                    continue;
                }
                byte next = buffer.get();
                if (next == '\n') {
                    return Optional.of(line.toString(StandardCharsets.UTF_8));
                }
                line.write(next);
            }
        } catch (IOException e) {
            return Optional.empty(); // killed while it spoke: the same as silence
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing was to be sent any more.
        }
    }
}
