package dev.mayfly.env.repo.s3;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is to be sent, in one file of this machine that has no name any more as soon as it is open: it goes with its process,
 * however that ends. So a digest is known before anything is sent, and what must be sent again can be read again. Contents
 * are written side by side in blocks. Safe for many threads.
 */
final class Spool implements AutoCloseable {
    private static final int BLOCK = 64 << 10;

    private final Path folder;
    private final FileChannel file;
    private final AtomicLong end = new AtomicLong();

    private Spool(Path folder, FileChannel file) {
        this.folder = folder;
        this.file = file;
    }

    static Spool open(Path folder) {
        try {
            Files.createDirectories(folder);
            Path name = Files.createTempFile(folder, "spool-", "");
            // Where the system can do so, the name is gone when this returns.
            return new Spool(
                    folder,
                    FileChannel.open(
                            name,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** Reads to the end of the stream. */
    Kept keep(InputStream content) throws IOException {
        Sha256 sum = Sha256.start();
        long[] blocks = new long[1];
        int count = 0;
        long size = 0;
        byte[] block = new byte[BLOCK];
        while (true) {
            int read = content.readNBytes(block, 0, BLOCK);
            if (read == 0) {
                break;
            }
            sum.update(block, 0, read);
            size += read;
            if (count == blocks.length) {
                blocks = Arrays.copyOf(blocks, count * 2);
            }
            blocks[count++] = end.getAndAdd(read);
            write(block, read, blocks[count - 1]);
            if (read < BLOCK) {
                break;
            }
        }
        return new Kept(Digest.of(sum.digest()), size, Arrays.copyOf(blocks, count));
    }

    private void write(byte[] bytes, int count, long at) {
        try {
            ByteBuffer left = ByteBuffer.wrap(bytes, 0, count);
            while (left.hasRemaining()) {
                file.write(left, at + left.position());
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    private static MayflyException failed(Path folder, IOException e) {
        return new MayflyException(
                ErrorCode.NO_SPACE,
                "What is to be sent cannot be kept in " + folder,
                e.getClass().getSimpleName() + ": " + e.getMessage(),
                "Free room there, or see that this user may write there; an object store is sent only what is whole.",
                e);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    /** One content. All its blocks but the last are full. */
    final class Kept {
        private final Digest digest;
        private final long size;
        private final long[] blocks;

        private Kept(Digest digest, long size, long[] blocks) {
            this.digest = digest;
            this.size = size;
            this.blocks = blocks;
        }

        Digest digest() {
            return digest;
        }

        /** Bytes. */
        long size() {
            return size;
        }

        /** So many bytes from there on. */
        InputStream open(long from, long length) {
            return new Reader(this, from, length);
        }

        private int read(long position, ByteBuffer into) throws IOException {
            int within = (int) (position % BLOCK);
            into.limit(Math.min(into.limit(), into.position() + BLOCK - within));
            return file.read(into, blocks[(int) (position / BLOCK)] + within);
        }
    }

    private static final class Reader extends InputStream {
        private final Kept kept;
        private final long end;
        private long at;

        Reader(Kept kept, long from, long length) {
            this.kept = kept;
            this.at = from;
            this.end = from + length;
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
            if (at >= end) {
                return -1;
            }
            int count = kept.read(at, ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - at)));
            if (count <= 0) {
                throw new EOFException("the file of what is to be sent was cut off");
            }
            at += count;
            return count;
        }
    }
}
