package dev.mayfly.env.wire;

import com.google.protobuf.ByteString;
import dev.mayfly.env.object.Digest;

/** Digests as messages have them. */
public final class WireDigest {
    private WireDigest() {}

    public static ByteString bytes(Digest digest) {
        return ByteString.copyFrom(digest.bytes());
    }

    /** @throws IllegalArgumentException when it is none */
    public static Digest digest(ByteString bytes) {
        if (bytes.size() != Digest.BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.size());
        }
        return Digest.at(bytes.toByteArray(), 0);
    }
}
