package dev.mayfly.env.repo.fs;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/** A stream to a file with its digest made on the way: each byte is read once, and written while the next ones are hashed. */
final class Pour {
    private static final int PIECE = 1 << 20;

    record Poured(Digest digest, long length, int checksum) {}

    /** Where pieces go; told before each, so that a full disk is seen before it is full. */
    interface Room {
        void require(long bytes);
    }

    /** Failures to write, as opposed to failures to read. */
    static final class WriteFailed extends IOException {
        private static final long serialVersionUID = 1L;

        WriteFailed(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private Pour() {}

    static void write(FileChannel to, long start, byte[] content) throws WriteFailed {
        write(to, start, ByteBuffer.wrap(content));
    }

    /** @param bytes from the beginning of their buffer */
    private static void write(FileChannel to, long start, ByteBuffer bytes) throws WriteFailed {
        try {
            while (bytes.hasRemaining()) {
                to.write(bytes, start + bytes.position());
            }
        } catch (IOException e) {
            throw new WriteFailed(e);
        }
    }

    static int checksum(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return (int) checksum.getValue();
    }

    /** @param head what was read of the stream already */
    static Poured pour(byte[] head, InputStream rest, FileChannel to, long start, Room room) throws IOException {
        Sha256 hash = Sha256.start();
        CRC32C checksum = new CRC32C();
        byte[] piece = new byte[PIECE];
        byte[] other = new byte[PIECE];
        int length = Math.min(head.length, PIECE);
        System.arraycopy(head, 0, piece, 0, length);
        length += rest.readNBytes(piece, length, PIECE - length);
        long position = start;
        Future<?> writing = new FutureTask<>(() -> {}, true);
        ((Runnable) writing).run();
        try {
            while (length > 0) {
                await(writing);
                room.require(length);
                writing = begin(to, position, ByteBuffer.wrap(piece, 0, length));
                hash.update(piece, 0, length);
                checksum.update(piece, 0, length);
                position += length;
                byte[] swap = piece;
                piece = other;
                other = swap;
                length = rest.readNBytes(piece, 0, PIECE);
            }
        } finally {
            await(writing);
        }
        return new Poured(Digest.of(hash.digest()), position - start, (int) checksum.getValue());
    }

    private static Future<?> begin(FileChannel to, long position, ByteBuffer bytes) {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            write(to, position, bytes);
            return true;
        });
        Thread.ofVirtual().name("pour").start(task);
        return task;
    }

    private static void await(Future<?> writing) throws IOException {
        boolean interrupted = false;
        while (true) {
            try {
                writing.get();
                break;
            } catch (InterruptedException e) {
                // The place that is written to cannot be given to anybody else before the end.
                interrupted = true;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof WriteFailed failed
                        ? failed
                        : new WriteFailed(new IOException(String.valueOf(e.getCause()), e.getCause()));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
