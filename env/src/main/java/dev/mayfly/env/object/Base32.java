package dev.mayfly.env.object;

import java.util.Optional;

/** Base32 with padding (RFC 4648, section 6). */
final class Base32 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int GROUP = 8;
    private static final int BITS = 5;

    private Base32() {}

    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder((bytes.length + 4) / 5 * GROUP);
        long window = 0;
        int held = 0;
        for (byte each : bytes) {
            window = window << 8 | (each & 0xff);
            held += 8;
            while (held >= BITS) {
                held -= BITS;
                text.append(ALPHABET.charAt((int) (window >>> held) & 31));
            }
        }
        if (held > 0) {
            text.append(ALPHABET.charAt((int) (window << (BITS - held)) & 31));
        }
        while (text.length() % GROUP != 0) {
            text.append('=');
        }
        return text.toString();
    }

    /** Empty for anything that {@link #encode} does not give: one content has one text. */
    static Optional<byte[]> decode(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        byte[] bytes = new byte[end * BITS / 8];
        long window = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < end; i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                return Optional.empty();
            }
            window = window << BITS | value;
            held += BITS;
            if (held >= 8) {
                held -= 8;
                bytes[at++] = (byte) (window >>> held);
            }
        }
        return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    }
}
