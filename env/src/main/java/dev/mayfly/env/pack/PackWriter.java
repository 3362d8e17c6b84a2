package dev.mayfly.env.pack;

import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A pack in the making. Used by one thread at a time: content goes to its end, and what turns out to be unwanted is written
 * over by what comes next.
 */
public final class PackWriter implements AutoCloseable {
    private static final int BLOCK = 4096;

    private final Path file;
    private final FileChannel channel;
    private final List<PackEntry> entries = new ArrayList<>();
    private long end;

    private PackWriter(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** @param file which is not there yet */
    public static PackWriter create(Path file) throws IOException {
        return new PackWriter(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    public Path file() {
        return file;
    }

    public FileChannel channel() {
        return channel;
    }

    /** Where the next content of this kind begins. */
    public long next(Kind kind) {
        return kind.align(end);
    }

    /** Bytes kept so far, with what lies between them. */
    public long bytes() {
        return end;
    }

    public List<PackEntry> entries() {
        return List.copyOf(entries);
    }

    /** Keeps what was written from {@link #next} on. */
    public void keep(Kind kind, Digest digest, long length, int checksum) {
        long offset = next(kind);
        entries.add(new PackEntry(kind, digest, offset, length, checksum));
        end = offset + length;
    }

    /** Cuts off what was not kept and makes the rest durable. @return its index as it goes to a file */
    public ByteBuffer finish() throws IOException {
        // Whole blocks, since the last content may be read as such.
        long size = (end + BLOCK - 1) / BLOCK * BLOCK;
        if (channel.size() > size) {
            channel.truncate(size);
        }
        // Behind the last content there may be remains of one that was not kept.
        for (ByteBuffer zeros = ByteBuffer.allocate((int) (size - end)); zeros.hasRemaining(); ) {
            channel.write(zeros, size - zeros.remaining());
        }
        channel.force(false);
        return PackIndex.encode(entries, size);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
