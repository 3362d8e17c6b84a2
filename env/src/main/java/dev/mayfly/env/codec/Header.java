package dev.mayfly.env.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first 17 bytes of an object: {@code --SPFS--} and a line feed, then one byte each for digest strategy and format,
 * five that are reserved, and one for the kind. The oldest files have the kind as one number of 64 bits, which reads the
 * same.
 */
public record Header(Form form, ObjectKind kind) {
    public static final int SIZE = 17;

    private static final byte[] MAGIC = "--SPFS--\n".getBytes(StandardCharsets.US_ASCII);
    private static final int STRATEGY = MAGIC.length;
    private static final int FORMAT = STRATEGY + 1;
    private static final int KIND = SIZE - 1;

    /** The last reserved byte is ours; its highest bit says that names are bytes. */
    private static final int OURS = KIND - 1;

    private static final int RAW_NAMES = 0x80;

    /** @throws dev.mayfly.base.error.MayflyException when the bytes begin with anything else */
    public static Header read(byte[] bytes) {
        if (bytes.length < SIZE) {
            throw Corrupt.object("it has " + bytes.length + " bytes, and its header alone has " + SIZE);
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw Corrupt.object("it does not begin as objects do, with --SPFS--");
        }
        Strategy strategy = switch (bytes[STRATEGY]) {
            case 0 -> Strategy.LEGACY;
            case 1 -> Strategy.SALTED;
            default -> throw unknown("digest strategy", bytes[STRATEGY]);
        };
        Format format = switch (bytes[FORMAT]) {
            case 0 -> Format.LEGACY;
            case 1 -> Format.FLATBUFFERS;
            default -> throw unknown("format", bytes[FORMAT]);
        };
        ObjectKind kind = switch (bytes[KIND]) {
            case 0 -> ObjectKind.BLOB;
            case 1 -> ObjectKind.MANIFEST;
            case 2 -> ObjectKind.LAYER;
            case 3 -> ObjectKind.PLATFORM;
            default -> throw unknown("kind", bytes[KIND]);
        };
        Names names = (bytes[OURS] & RAW_NAMES) == 0 ? Names.TEXT : Names.BYTES;
        return new Header(new Form(format, strategy, names), kind);
    }

    private static RuntimeException unknown(String field, byte number) {
        return Corrupt.object("its header has the unknown " + field + " " + Byte.toUnsignedInt(number));
    }

    void put(ByteBuffer buffer) {
        buffer.put(MAGIC)
                .put((byte) form.strategy().number())
                .put((byte) form.format().number())
                .putInt(0)
                .put((byte) (form.names() == Names.BYTES ? RAW_NAMES : 0))
                .put((byte) kind.number());
    }
}
