package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.io.InputStream;

/** Reads what is under a key piece by piece, so that a connection that is lost costs one piece. */
final class PieceStream extends InputStream {
    private final Bucket bucket;
    private final String key;
    private final long size;
    private byte[] piece = new byte[0];
    private int at;
    private long taken;

    PieceStream(Bucket bucket, String key, long size) {
        this.bucket = bucket;
        this.key = key;
        this.size = size;
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
        if (at == piece.length) {
            if (taken >= size) {
                return -1;
            }
            next();
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, bytes, offset, count);
        at += count;
        return count;
    }

    private void next() throws IOException {
        try {
            piece = bucket.range(
                    key, taken, (int) Math.min(bucket.options().sizes().piece(), size - taken));
        } catch (MayflyException e) {
            throw new IOException(e.why(), e);
        }
        at = 0;
        taken += piece.length;
    }

    @Override
    public void close() {
        taken = size;
        piece = new byte[0];
        at = 0;
    }
}
