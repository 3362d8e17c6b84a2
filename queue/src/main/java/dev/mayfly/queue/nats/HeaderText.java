package dev.mayfly.queue.nats;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Any text as the value of a header, which takes ASCII without line ends and trims: what is not printable, a space or a
 * percent sign becomes its UTF-8 bytes as {@code %XX}.
 */
final class HeaderText {
    private static final String HEX = "0123456789ABCDEF";

    private HeaderText() {}

    static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b <= '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append('%').append(HEX.charAt((b >> 4) & 0xf)).append(HEX.charAt(b & 0xf));
            }
        }
        return out.toString();
    }

    /** What others wrote may not be of this form; then it is taken as it is. */
    static String decode(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        byte[] bytes = new byte[value.length()];
        int length = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '%' && i + 2 < value.length()) {
                int high = HEX.indexOf(value.charAt(i + 1));
                int low = HEX.indexOf(value.charAt(i + 2));
                if (high < 0 || low < 0) {
                    return value;
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else if (c == '%' || c > '~') {
                return value;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Arrays.copyOf(bytes, length)))
                    .toString();
        } catch (CharacterCodingException e) {
            return value;
        }
    }
}
