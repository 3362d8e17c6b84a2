package dev.mayfly.env.repo.fs;

import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** A payload in a file of its own or in a pack. Packs are rewritten, so it may be elsewhere when it is opened. */
record Located(FileRange at, Supplier<Optional<FileRange>> anew) implements Payload {
    @Override
    public long size() {
        return at.length();
    }

    @Override
    public InputStream open() throws IOException {
        try {
            return new RangeStream(at);
        } catch (NoSuchFileException e) {
            return new RangeStream(anew.get().orElseThrow(() -> e));
        }
    }

    @Override
    public Optional<FileRange> range() {
        return Optional.of(at);
    }

    static byte[] read(FileRange range) throws IOException {
        try (InputStream in = new RangeStream(range)) {
            byte[] bytes = in.readAllBytes();
            if (bytes.length != range.length()) {
                throw new IOException(range.file() + " ends " + (range.length() - bytes.length) + " bytes too early");
            }
            return bytes;
        }
    }

    /** Reads with positions of its own. */
    private static final class RangeStream extends InputStream {
        private final FileChannel channel;
        private long position;
        private final long end;

        RangeStream(FileRange range) throws IOException {
            Path file = range.file();
            this.channel = FileChannel.open(file);
            this.position = range.offset();
            this.end = range.offset() + range.length();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int most = (int) Math.min(length, end - position);
            if (most <= 0) {
                return -1;
            }
            int count = channel.read(ByteBuffer.wrap(into, offset, most), position);
            if (count > 0) {
                position += count;
            }
            return count;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - position);
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(count, 0, end - position);
            position += skipped;
            return skipped;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
