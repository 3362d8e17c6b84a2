package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The records of a stream of tags, oldest first: the length of each in 8 bytes, big-endian, and the tag. A record that was
 * torn by a crash can only be the last one; it is as if it were not there. There is no checksum, because SPFS has no place
 * for one: a record is whole when it decodes as a tag of this stream and ends where its length says.
 */
final class TagLog {
    private static final int LENGTH = Long.BYTES;

    /** No tag has more: three texts of 4096 bytes and their ends, and two digests. */
    static final int LONGEST = LENGTH + 3 * 4097 + 4097 + 64;

    /** What is read at first to find the newest tag: more than a usual one. */
    private static final int TAIL = 1024;

    /**
     * @param tags oldest first
     * @param end where the last whole record ends
     */
    record Content(List<Tag> tags, long end) {}

    private TagLog() {}

    static ByteBuffer encode(List<Tag> tags) {
        List<byte[]> records = tags.stream().map(TagCodec::encode).toList();
        ByteBuffer bytes = ByteBuffer.allocate(
                records.stream().mapToInt(each -> LENGTH + each.length).sum());
        records.forEach(each -> bytes.putLong(each.length).put(each));
        return bytes.flip();
    }

    static Content read(FileChannel file, TagName name) throws IOException {
        ByteBuffer bytes = read(file, 0, Math.toIntExact(file.size()));
        List<Tag> tags = new ArrayList<>();
        int at = 0;
        while (true) {
            Optional<Tag> next = at(bytes, at, name);
            if (next.isEmpty()) {
                return new Content(tags, at);
            }
            tags.add(next.get());
            at += LENGTH + (int) bytes.getLong(at);
        }
    }

    /**
     * The newest tag, from the end of the file. Where the last record begins is written nowhere, so each place is tried from
     * which a whole record of this stream would reach to the very end. Exactly one such place is the answer; with none (a torn
     * end) or several (digests can be made to look so) the whole file says.
     */
    static Optional<Tag> newest(FileChannel file, TagName name) throws IOException {
        Optional<Tag> last = last(file, name);
        if (last.isPresent()) {
            return last;
        }
        List<Tag> all = read(file, name).tags();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** Empty also when the end alone does not say. */
    private static Optional<Tag> last(FileChannel file, TagName name) throws IOException {
        long size = file.size();
        for (int window = TAIL; ; window = LONGEST) {
            int length = (int) Math.min(size, window);
            ByteBuffer tail = read(file, size - length, length);
            List<Tag> found = new ArrayList<>();
            for (int at = length - LENGTH; at >= 0; at--) {
                if (tail.getLong(at) == length - at - LENGTH) {
                    at(tail, at, name).ifPresent(found::add);
                }
            }
            if (found.size() == 1) {
                return Optional.of(found.getFirst());
            }
            if (window == LONGEST || length == size) {
                return Optional.empty();
            }
        }
    }

    /** Whether the newest tag was found at the very end. */
    static boolean endsWhole(FileChannel file, TagName name) throws IOException {
        return last(file, name).isPresent() || read(file, name).end() == file.size();
    }

    private static ByteBuffer read(FileChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        int count = 0;
        while (bytes.hasRemaining() && count >= 0) {
            count = file.read(bytes, from + bytes.position());
        }
        return bytes.flip();
    }

    private static Optional<Tag> at(ByteBuffer bytes, int at, TagName name) {
        if (bytes.limit() - at < LENGTH) {
            return Optional.empty();
        }
        long length = bytes.getLong(at);
        if (length <= 0 || length > bytes.limit() - at - LENGTH) {
            return Optional.empty();
        }
        byte[] record = new byte[(int) length];
        bytes.get(at + LENGTH, record);
        try {
            return Optional.of(TagCodec.decode(record)).filter(tag -> tag.name().equals(name));
        } catch (MayflyException e) {
            return Optional.empty();
        }
    }
}
