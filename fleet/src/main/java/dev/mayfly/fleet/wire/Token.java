package dev.mayfly.fleet.wire;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** A word that both ends share. */
public final class Token {
    static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String word;

    /** @throws IllegalArgumentException when it is not 16 to 1024 visible ASCII characters */
    public Token(String word) {
        if (!word.matches("[!-~]{16,1024}")) {
            throw new IllegalArgumentException("a token is 16 to 1024 visible ASCII characters");
        }
        this.word = word;
    }

    String header() {
        return "Bearer " + word;
    }

    /** In a time that does not tell how much of it is right. */
    boolean fits(Optional<String> header) {
        return MessageDigest.isEqual(
                header.orElse("").getBytes(StandardCharsets.UTF_8), header().getBytes(StandardCharsets.UTF_8));
    }

    /** A token is not for logs. */
    @Override
    public String toString() {
        return "Token";
    }
}
