package dev.mayfly.base.digest;

import dev.mayfly.base.json.CanonicalJson;
import dev.mayfly.base.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** A SHA-256 digest by its 64 lower-case hexadecimal digits; its text is {@code sha256:<hex>}. */
public record Sha256Digest(String hex) implements Comparable<Sha256Digest> {
    private static final String PREFIX = "sha256:";
    private static final int HEX_LENGTH = 64;

    public Sha256Digest {
        if (!isHex(hex)) {
            throw new IllegalArgumentException("not 64 lower-case hexadecimal digits: " + hex);
        }
    }

    /** @throws IllegalArgumentException when the text is not {@code sha256:} and 64 lower-case hexadecimal digits */
    public static Sha256Digest parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("not a digest of the form sha256:<hex>: " + text);
        }
        return new Sha256Digest(text.substring(PREFIX.length()));
    }

    public static Sha256Digest of(byte[] bytes) {
        return Sha256.start().update(bytes).digest();
    }

    /** Of the UTF-8 form of the text. */
    public static Sha256Digest of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of the canonical form (RFC 8785) of the value: equal values have equal digests however they were written. */
    public static Sha256Digest of(JsonValue value) {
        return of(CanonicalJson.bytes(value));
    }

    /** Of everything up to the end of the stream. */
    public static Sha256Digest of(InputStream in) throws IOException {
        Sha256 sha256 = Sha256.start();
        byte[] piece = new byte[64 << 10];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            sha256.update(piece, 0, count);
        }
        return sha256.digest();
    }

    public static Sha256Digest ofFile(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in);
        }
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** The first twelve digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Sha256Digest other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }

    private static boolean isHex(String text) {
        if (text.length() != HEX_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }
}
