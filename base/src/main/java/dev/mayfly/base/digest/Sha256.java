package dev.mayfly.base.digest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A digest in the making. Used by one thread; {@link #digest} ends it and starts the next. */
public final class Sha256 {
    private final MessageDigest state;

    private Sha256(MessageDigest state) {
        this.state = state;
    }

    public static Sha256 start() {
        try {
            return new Sha256(MessageDigest.getInstance("SHA-256"));
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform must have it (java.security.MessageDigest).
            throw new IllegalStateException(e);
        }
    }

    public Sha256 update(byte[] bytes) {
        state.update(bytes);
        return this;
    }

    public Sha256 update(byte[] bytes, int offset, int length) {
        state.update(bytes, offset, length);
        return this;
    }

    public Sha256 update(ByteBuffer bytes) {
        state.update(bytes);
        return this;
    }

    public Sha256Digest digest() {
        return new Sha256Digest(HexFormat.of().formatHex(state.digest()));
    }
}
