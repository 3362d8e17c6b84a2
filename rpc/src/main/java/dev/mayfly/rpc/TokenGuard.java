package dev.mayfly.rpc;

import dev.mayfly.base.secret.Token;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Objects;
import java.util.Optional;

/** Lets in only who knows the token. */
public record TokenGuard(Token token) implements ServerInterceptor {
    public TokenGuard {
        Objects.requireNonNull(token, "token");
    }

    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        Optional<String> said = Authorization.of(headers);
        return token.fits(said) ? next.startCall(call, headers) : refuse(call, said);
    }

    /** Ends a call of somebody who said this, or nothing. */
    public static <A, B> ServerCall.Listener<A> refuse(ServerCall<A, B> call, Optional<String> said) {
        call.close(
                Status.UNAUTHENTICATED.withDescription(said.isEmpty() ? "a token is needed" : "the token is not right"),
                new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
