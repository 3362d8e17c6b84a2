package dev.mayfly.sandbox.launcher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Walks over the fields of one payload; every length is checked before it is used. */
final class FieldReader {
    private static final int FIELD_HEADER = 8;

    private final ByteBuffer payload;
    private int tag;
    private ByteBuffer value = ByteBuffer.allocate(0);

    FieldReader(ByteBuffer payload) {
        this.payload = payload.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Moves to the next field; false at the end. */
    boolean next() throws ProtocolException {
        if (!payload.hasRemaining()) {
            return false;
        }
        if (payload.remaining() < FIELD_HEADER) {
            throw new ProtocolException("payload ends inside a field header");
        }
        tag = Short.toUnsignedInt(payload.getShort());
        int reserved = payload.getShort();
        int length = payload.getInt();
        if (reserved != 0) {
            throw new ProtocolException("field " + tag + ": reserved bytes are not zero");
        }
        if (length < 0 || length > payload.remaining()) {
            throw new ProtocolException("field " + tag + " is longer than its frame");
        }
        value = payload.slice(payload.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        payload.position(payload.position() + length);
        return true;
    }

    int tag() {
        return tag;
    }

    /** A number; more than 63 bits are no count and no duration. */
    long number() throws ProtocolException {
        if (value.remaining() != Long.BYTES) {
            throw new ProtocolException("field " + tag + ": " + value.remaining() + " bytes where an integer has 8");
        }
        long number = value.getLong(0);
        if (number < 0) {
            throw new ProtocolException("field " + tag + ": number out of range");
        }
        return number;
    }

    byte[] bytes() {
        byte[] copy = new byte[value.remaining()];
        value.get(0, copy);
        return copy;
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The raw value, little-endian. */
    ByteBuffer value() {
        return value;
    }
}
