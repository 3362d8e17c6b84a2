package dev.mayfly.env.object;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The name of one entry of a directory: bytes as the kernel has them, in no encoding. Ordered by unsigned bytes. 1 to 255
 * bytes without {@code /} and NUL, and neither {@code .} nor {@code ..}.
 */
public final class RawName implements Comparable<RawName> {
    public static final int LONGEST = 255;

    private final byte[] bytes;

    private RawName(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when no directory can have such an entry */
    public static RawName of(byte[] bytes) {
        if (!fits(bytes)) {
            throw new IllegalArgumentException("not a name of a file: " + shown(bytes));
        }
        return new RawName(bytes.clone());
    }

    /** The UTF-8 form of the text. */
    public static RawName of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static boolean fits(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > LONGEST) {
            return false;
        }
        for (byte each : bytes) {
            if (each == '/' || each == 0) {
                return false;
            }
        }
        return bytes[0] != '.' || (bytes.length > 1 && (bytes.length > 2 || bytes[1] != '.'));
    }

    public int length() {
        return bytes.length;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public void put(ByteBuffer buffer) {
        buffer.put(bytes);
    }

    public byte at(int index) {
        return bytes[index];
    }

    /** Whether it is UTF-8, as strict SPFS objects need it. */
    public boolean isText() {
        return isText(bytes);
    }

    @Override
    public int compareTo(RawName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** For people: what is not UTF-8 is shown as {@code \xNN}. */
    @Override
    public String toString() {
        return shown(bytes);
    }

    private static boolean isText(byte[] bytes) {
        boolean ascii = true;
        for (byte each : bytes) {
            ascii &= each >= 0;
        }
        if (ascii) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static String shown(byte[] bytes) {
        if (isText(bytes)) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder();
        for (byte each : bytes) {
            if (each >= ' ' && each < 127 && each != '\\') {
                text.append((char) each);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits(each));
            }
        }
        return text.toString();
    }
}
