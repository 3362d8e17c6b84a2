package dev.mayfly.sandbox.net.wire;

/** The small readings that all wire formats share. */
public final class Bytes {
    private Bytes() {}

    /** An unsigned 16-bit number in network order. */
    public static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    /** ASCII only: what Unicode calls a letter or a digit is none here. */
    static boolean isLetterOrDigit(int c) {
        boolean letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        return letter || isDigit(c);
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
