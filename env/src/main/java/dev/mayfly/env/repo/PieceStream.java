package dev.mayfly.env.repo;

import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.io.InputStream;

/** Content that comes in pieces from elsewhere, one after the other. */
public abstract class PieceStream extends InputStream {
    private static final byte[] NOTHING = {};

    private byte[] piece = NOTHING;
    private int at;
    private boolean over;

    /**
     * The next piece; empty when there are no more.
     *
     * @throws MayflyException when it cannot be had, which the reader learns as an {@link IOException}
     */
    protected abstract byte[] next();

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == piece.length && !fetch()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, bytes, offset, count);
        at += count;
        return count;
    }

    private boolean fetch() throws IOException {
        if (!over) {
            try {
                piece = next();
            } catch (MayflyException e) {
                throw new IOException(e.why(), e);
            }
            at = 0;
            over = piece.length == 0;
        }
        return !over;
    }

    @Override
    public void close() {
        over = true;
        piece = NOTHING;
        at = 0;
    }
}
