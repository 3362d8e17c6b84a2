package dev.mayfly.env.lazy;

import dev.mayfly.env.lazy.LazyPlan.Part;
import dev.mayfly.env.repo.CheckedStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * The file that fills up, and beside it a list of what has arrived. The list is a hint and nothing more: neither is synced, and
 * whoever opens them anew compares each part with its digest before he believes the list.
 */
final class Spool implements AutoCloseable {
    private final Path file;
    private final FileChannel bytes;
    private final FileChannel list;
    private final BitSet arrivedBefore;

    Spool(Path folder, LazyPlan plan) throws IOException {
        this.file = folder.resolve("spool");
        this.bytes =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Path arrived = folder.resolve("arrived");
        this.arrivedBefore = read(arrived, plan.parts().size());
        this.list = FileChannel.open(arrived, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (bytes.size() < plan.length()) {
            bytes.write(ByteBuffer.allocate(1), plan.length() - 1);
        }
    }

    private static BitSet read(Path arrived, int parts) throws IOException {
        BitSet found = new BitSet(parts);
        if (Files.exists(arrived)) {
            ByteBuffer numbers = ByteBuffer.wrap(Files.readAllBytes(arrived));
            while (numbers.remaining() >= Integer.BYTES) {
                int part = numbers.getInt();
                if (part >= 0 && part < parts) {
                    found.set(part);
                }
            }
        }
        return found;
    }

    Path file() {
        return file;
    }

    /** Whether a server before this one had it. */
    boolean hadArrived(int part) {
        return arrivedBefore.get(part);
    }

    void write(byte[] piece, int length, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(piece, 0, length);
        for (long position = at; buffer.hasRemaining(); ) {
            position += bytes.write(buffer, position);
        }
    }

    void note(int part) throws IOException {
        list.write(ByteBuffer.allocate(Integer.BYTES).putInt(part).flip());
    }

    /** Whether what lies there is what its digest says. */
    boolean matches(Part part) throws IOException {
        try (InputStream content = new CheckedStream(open(part), part.digest())) {
            content.transferTo(java.io.OutputStream.nullOutputStream());
            return true;
        } catch (CheckedStream.WrongDigest e) {
            return false;
        }
    }

    InputStream open(Part part) {
        return new InputStream() {
            private long position = part.offset();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int most = (int) Math.min(length, part.end() - position);
                if (most <= 0) {
                    return length == 0 ? 0 : -1;
                }
                int count = bytes.read(ByteBuffer.wrap(into, offset, most), position);
                position += Math.max(count, 0);
                return count;
            }
        };
    }

    @Override
    public void close() throws IOException {
        try (list) {
            bytes.close();
        }
    }
}
