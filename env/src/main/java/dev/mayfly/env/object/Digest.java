package dev.mayfly.env.object;

import dev.mayfly.base.digest.Sha256Digest;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A SHA-256 digest as environments write it: its text is base32 (RFC 4648, section 6) with padding, 56 characters. Four
 * longs instead of an array, because a view holds one for each of its files.
 */
public record Digest(long a, long b, long c, long d) implements Comparable<Digest> {
    public static final int BYTES = 32;

    /** Of nothing at all: what masks and empty parents carry. Not the digest of any content. */
    public static final Digest NULL = new Digest(0, 0, 0, 0);

    /** Of content that is empty. */
    public static final Digest EMPTY = of(new byte[0]);

    public static Digest of(byte[] content) {
        return of(Sha256Digest.of(content));
    }

    public static Digest of(Sha256Digest digest) {
        return at(digest.bytes(), 0);
    }

    /** The digest whose 32 bytes stand there. */
    public static Digest at(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new Digest(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Empty when the text is not exactly what {@link #toString} would give. */
    public static Optional<Digest> parse(String text) {
        return Base32.decode(text).filter(bytes -> bytes.length == BYTES).map(bytes -> at(bytes, 0));
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        put(ByteBuffer.wrap(bytes));
        return bytes;
    }

    public void put(ByteBuffer buffer) {
        buffer.putLong(a).putLong(b).putLong(c).putLong(d);
    }

    public boolean isNull() {
        return equals(NULL);
    }

    /** The first ten characters, for people. */
    public String brief() {
        return toString().substring(0, 10);
    }

    @Override
    public int compareTo(Digest other) {
        int order = Long.compareUnsigned(a, other.a);
        order = order != 0 ? order : Long.compareUnsigned(b, other.b);
        order = order != 0 ? order : Long.compareUnsigned(c, other.c);
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    @Override
    public String toString() {
        return Base32.encode(bytes());
    }
}
