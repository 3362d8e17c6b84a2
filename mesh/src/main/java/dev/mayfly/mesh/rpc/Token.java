package dev.mayfly.mesh.rpc;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** A word that agents and controller share. It crosses the wire as it is: without TLS, use it where nobody listens. */
public final class Token {
    static final Metadata.Key<String> HEADER = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final String word;

    /** @throws IllegalArgumentException when it is not 1 to 1024 visible ASCII characters */
    public Token(String word) {
        if (!word.matches("[!-~]{1,1024}")) {
            throw new IllegalArgumentException("a token is 1 to 1024 visible ASCII characters");
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

    @Override
    public String toString() {
        return "Token[…]";
    }
}
