package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One file of a control group, kept open: rewriting a limit is then one pwrite, and a counter that is reset through a
 * descriptor (memory.peak since Linux 6.12) stays reset for its later reads. Not safe for concurrent use; the slot's
 * owner is the only user.
 */
final class CgroupFile implements AutoCloseable {
    private static final int LARGEST = 8192;

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LARGEST);

    private CgroupFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Empty when the kernel does not have this file. */
    static Optional<CgroupFile> open(Path path) throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        boolean writable = Files.isWritable(path);
        OpenOption[] options = writable
                ? new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE}
                : new OpenOption[] {StandardOpenOption.READ};
        return Optional.of(new CgroupFile(path, FileChannel.open(path, options)));
    }

    Path path() {
        return path;
    }

    void write(String value) throws IOException {
        buffer.clear()
                .put(value.getBytes(StandardCharsets.US_ASCII))
                .put((byte) '\n')
                .flip();
        try {
            channel.write(buffer, 0);
        } catch (IOException e) {
            throw new IOException("writing " + value + " to " + path + ": " + e.getMessage(), e);
        }
    }

    void write(long value) throws IOException {
        write(Long.toString(value));
    }

    String read() throws IOException {
        buffer.clear();
        channel.read(buffer, 0);
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /** The whole file as one number; "max" and anything else that is none gives -1. */
    long readNumber() throws IOException {
        return number(read().trim());
    }

    /** The number behind a key in a flat keyed file ({@code key value} per line), or -1. */
    long readKey(String key) throws IOException {
        String text = read();
        int at = text.startsWith(key + " ") ? 0 : text.indexOf("\n" + key + " ") + 1;
        if (at == 0 && !text.startsWith(key + " ")) {
            return -1;
        }
        int end = text.indexOf('\n', at);
        return number(text.substring(at + key.length() + 1, end < 0 ? text.length() : end));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException("closing " + path, e); // a read-only control file has nothing to flush
        }
    }
}
