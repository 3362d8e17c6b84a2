package dev.mayfly.env.repo.tar;

import dev.mayfly.env.repo.tar.BoundedTar.BadTar;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** The content of one member. Closing it leaves the archive open. An archive that ends within it is a bad one. */
final class MemberStream extends InputStream {
    private final InputStream tar;
    private final String name;
    private final long size;
    private long left;

    MemberStream(InputStream tar, TarArchiveEntry entry) {
        this.tar = tar;
        this.name = entry.getName();
        this.size = entry.getSize();
        this.left = size;
    }

    long size() {
        return size;
    }

    /** All of it, when it has not more bytes than that. */
    byte[] small(int most, String what) throws IOException {
        if (size > most) {
            throw new BadTar("the " + what + " has " + size + " bytes, more than " + most);
        }
        return readNBytes(most);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        int read;
        try {
            read = tar.read(bytes, offset, (int) Math.min(length, left));
        } catch (BadTar e) {
            throw e;
        } catch (IOException e) {
            throw new BadTar("it breaks off within " + name + ": " + e.getMessage());
        }
        if (read < 0) {
            throw new BadTar("it breaks off within " + name);
        }
        left -= read;
        return read;
    }
}
