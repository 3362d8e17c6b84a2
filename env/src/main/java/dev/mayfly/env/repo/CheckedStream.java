package dev.mayfly.env.repo;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.env.object.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads content and fails at its end when it does not have the digest that it should have. A reader that needs to know must
 * read up to the end of the stream.
 */
public final class CheckedStream extends FilterInputStream {
    /** The content is not what its digest says. */
    public static final class WrongDigest extends IOException {
        private static final long serialVersionUID = 1L;

        WrongDigest(String why) {
            super(why);
        }
    }

    private final Digest expected;
    private final Sha256 sum = Sha256.start();
    private long count;
    private boolean over;

    public CheckedStream(InputStream content, Digest expected) {
        super(content);
        this.expected = expected;
    }

    /** Bytes so far. */
    public long count() {
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (over) {
            return -1;
        }
        int read = in.read(bytes, offset, length);
        if (read > 0) {
            sum.update(bytes, offset, read);
            count += read;
        } else if (read < 0) {
            over = true;
            Digest found = Digest.of(sum.digest());
            if (!found.equals(expected)) {
                throw new WrongDigest("its digest is " + found + " and should be " + expected);
            }
        }
        return read;
    }

    /** Reads what it skips: the digest needs it. */
    @Override
    public long skip(long bytes) throws IOException {
        long left = bytes;
        byte[] piece = new byte[(int) Math.min(8192, Math.max(1, bytes))];
        while (left > 0) {
            int read = read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                break;
            }
            left -= read;
        }
        return bytes - left;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
