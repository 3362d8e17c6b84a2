package dev.mayfly.sandbox.result;

import dev.mayfly.sandbox.box.Captured;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A stream as a result shows it.
 *
 * @param text UTF-8; where bytes were dropped stands a line that says how many
 * @param base64 of the kept bytes (head, then tail) when they are not UTF-8; the text then has replacement characters
 */
record StreamText(String text, Optional<String> base64) {
    static StreamText of(Captured captured) {
        if (!captured.truncated()) {
            byte[] all = joined(captured.head(), captured.tail());
            return decode(all)
                    .map(text -> new StreamText(text, Optional.empty()))
                    .orElseGet(() -> new StreamText(lossy(all), Optional.of(encode(all))));
        }
        // A cut may fall inside a character; that alone does not make a stream binary.
        byte[] head = withoutPartialEnd(captured.head());
        byte[] tail = withoutPartialStart(captured.tail());
        long dropped = captured.total() - head.length - tail.length;
        String mark = "\n[… " + dropped + " bytes not kept …]\n";
        Optional<String> headText = decode(head);
        Optional<String> tailText = decode(tail);
        if (headText.isPresent() && tailText.isPresent()) {
            return new StreamText(headText.get() + mark + tailText.get(), Optional.empty());
        }
        String text = lossy(captured.head()) + mark + lossy(captured.tail());
        return new StreamText(text, Optional.of(encode(joined(captured.head(), captured.tail()))));
    }

    private static Optional<String> decode(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static String lossy(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] joined(byte[] head, byte[] tail) {
        byte[] all = new byte[head.length + tail.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    /** Cuts a started multi-byte character off the end: at most three bytes. */
    private static byte[] withoutPartialEnd(byte[] bytes) {
        for (int back = 1; back <= 3 && back <= bytes.length; back++) {
            int b = bytes[bytes.length - back] & 255;
            if (b >= 0xc0) {
                int needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needed > back ? Arrays.copyOf(bytes, bytes.length - back) : bytes;
            }
            if (b < 0x80) {
                return bytes;
            }
        }
        return bytes;
    }

    private static byte[] withoutPartialStart(byte[] bytes) {
        int from = 0;
        while (from < 3 && from < bytes.length && (bytes[from] & 0xc0) == 0x80) {
            from++;
        }
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
