package dev.mayfly.rpc;

import dev.mayfly.base.secret.Token;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Objects;

/** Says the token with every call. */
public record Credentials(Token token) implements ClientInterceptor {
    public Credentials {
        Objects.requireNonNull(token, "token");
    }

    @Override
    public <A, B> ClientCall<A, B> interceptCall(MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<B> listener, Metadata headers) {
                Authorization.say(token, headers);
                super.start(listener, headers);
            }
        };
    }
}
