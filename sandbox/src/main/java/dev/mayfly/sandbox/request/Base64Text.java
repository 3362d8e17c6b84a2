package dev.mayfly.sandbox.request;

import java.util.Base64;
import java.util.Optional;

/**
 * RFC 4648 base64 with its padding and nothing else, so that one content has one text. The platform's decoder also takes
 * missing padding and stray bits in the last character.
 */
final class Base64Text {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private Base64Text() {}

    static Optional<byte[]> decode(String text) {
        int length = text.length();
        if (length % 4 != 0) {
            return Optional.empty();
        }
        if (length > 0) {
            boolean two = text.endsWith("==");
            boolean one = !two && text.endsWith("=");
            int unusedBits = two ? 15 : one ? 3 : 0;
            char last = text.charAt(length - (two ? 3 : one ? 2 : 1));
            int bits = ALPHABET.indexOf(last);
            if (bits < 0 || (bits & unusedBits) != 0) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
