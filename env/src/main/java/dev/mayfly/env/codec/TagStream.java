package dev.mayfly.env.codec;

import dev.mayfly.env.object.Tag;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A stream of tags as SPFS writes it to one file: of each, oldest first, its size (64 bits, big-endian) and its bytes. */
public final class TagStream {
    private TagStream() {}

    public static byte[] write(List<Tag> oldestFirst) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Tag each : oldestFirst) {
            byte[] tag = TagCodec.encode(each);
            bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(tag.length).array());
            bytes.writeBytes(tag);
        }
        return bytes.toByteArray();
    }

    /**
     * Oldest first; empty when the bytes end within a tag or a size is none.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code CONTENT_CORRUPT} when one is no tag
     */
    public static Optional<List<Tag>> read(byte[] bytes) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        List<Tag> tags = new ArrayList<>();
        while (left.hasRemaining()) {
            long size = left.remaining() < Long.BYTES ? -1 : left.getLong();
            if (size < 0 || size > left.remaining()) {
                return Optional.empty();
            }
            byte[] tag = new byte[(int) size];
            left.get(tag);
            tags.add(TagCodec.decode(tag));
        }
        return Optional.of(tags);
    }
}
