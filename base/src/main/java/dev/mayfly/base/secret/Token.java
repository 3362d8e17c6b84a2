package dev.mayfly.base.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * A word that both ends of a connection share (a bearer token, RFC 6750). It crosses the wire as it is: without TLS, use it
 * where nobody listens.
 */
public final class Token {
    /** The header that carries it. */
    public static final String HEADER = "authorization";

    private final String word;

    /** @throws IllegalArgumentException when it is not 1 to 1024 visible ASCII characters */
    public Token(String word) {
        this(word, 1);
    }

    /** @throws IllegalArgumentException when it is not so many to 1024 visible ASCII characters */
    public Token(String word, int least) {
        if (!word.matches("[!-~]{1,1024}") || word.length() < least) {
            throw new IllegalArgumentException("a token is " + least + " to 1024 visible ASCII characters");
        }
        this.word = word;
    }

    /** What stands in the header. */
    public String header() {
        return "Bearer " + word;
    }

    /** In a time that does not tell how much of it is right. */
    public boolean fits(Optional<String> header) {
        return MessageDigest.isEqual(
                header.orElse("").getBytes(StandardCharsets.UTF_8), header().getBytes(StandardCharsets.UTF_8));
    }

    /** A token is not for logs. */
    @Override
    public String toString() {
        return "Token[…]";
    }
}
