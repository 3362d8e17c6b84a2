package dev.mayfly.rpc;

import dev.mayfly.base.secret.Token;
import io.grpc.Metadata;
import java.util.Optional;

/** The header in which a caller says its token. */
public final class Authorization {
    private static final Metadata.Key<String> KEY = Metadata.Key.of(Token.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private Authorization() {}

    /** What a caller said. */
    public static Optional<String> of(Metadata headers) {
        return Optional.ofNullable(headers.get(KEY));
    }

    static void say(Token token, Metadata headers) {
        headers.put(KEY, token.header());
    }
}
