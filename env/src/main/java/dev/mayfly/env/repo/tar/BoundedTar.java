package dev.mayfly.env.repo.tar;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Counts what a tar reader takes. What lies between two members is read into memory by the reader, so it is bounded apart:
 * call {@link #between} before asking for the next member and {@link #within} after.
 */
final class BoundedTar extends FilterInputStream {
    /** An archive ends with two blocks of zeros (POSIX.1, pax, ustar interchange format). */
    private static final int END = 1024;

    private final TarLimits limits;
    private long count;
    private long left;
    private long zeros;

    BoundedTar(InputStream tar, TarLimits limits) {
        super(tar);
        this.limits = limits;
        within();
    }

    void between() {
        left = TarLimits.BETWEEN_MEMBERS;
        zeros = 0;
    }

    void within() {
        left = Long.MAX_VALUE;
    }

    /** Whether the last thing read since {@link #between} was the end of an archive. */
    boolean atEnd() {
        return zeros >= END;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = in.read(bytes, offset, length);
        if (read <= 0) {
            return read;
        }
        count += read;
        left -= read;
        if (count > limits.bytes()) {
            throw new BadTar("it has more than " + limits.bytes() + " bytes");
        }
        // The reader takes blocks of zeros after the end up to a full record; those are no names.
        if (left < 0 && !atEnd()) {
            throw new BadTar("the header of a member has more than " + TarLimits.BETWEEN_MEMBERS + " bytes");
        }
        for (int i = offset; i < offset + read; i++) {
            zeros = bytes[i] == 0 ? zeros + 1 : 0;
        }
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        byte[] piece = new byte[(int) Math.min(8192, Math.max(1, bytes))];
        long skipped = 0;
        while (skipped < bytes) {
            int read = read(piece, 0, (int) Math.min(piece.length, bytes - skipped));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    /** An archive that is refused. */
    static final class BadTar extends IOException {
        private static final long serialVersionUID = 1L;

        BadTar(String why) {
            super(why);
        }
    }
}
