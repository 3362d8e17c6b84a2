package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Connections to a controller. */
final class Channels {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of(Token.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final int MESSAGE_BYTES = 16 << 20;
    private static final long KEEP_ALIVE_SECONDS = 10;

    private Channels() {}

    static ManagedChannel open(String host, int port, Optional<Token> token, Optional<Tls> tls) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(host, port)
                .maxInboundMessageSize(MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
                .disableRetry();
        if (tls.isPresent()) {
            secure(builder, tls.get());
        } else {
            builder.usePlaintext();
        }
        token.ifPresent(word -> builder.intercept(new Credentials(word)));
        return builder.build();
    }

    private static void secure(NettyChannelBuilder builder, Tls tls) {
        try {
            SslContextBuilder context = GrpcSslContexts.forClient();
            if (tls.others().isPresent()) {
                context.trustManager(tls.others().get().toFile());
            }
            if (tls.certificate().isPresent()) {
                context.keyManager(
                        tls.certificate().get().toFile(),
                        tls.key().orElseThrow().toFile());
            }
            builder.sslContext(context.build());
        } catch (IOException | RuntimeException e) {
            throw unusable(e);
        }
    }

    static MayflyException unusable(Exception e) {
        return new MayflyException(
                ErrorCode.CONFIGURATION_INVALID,
                "The certificates of the mesh cannot be used",
                String.valueOf(e.getMessage()),
                "mesh.tls-certificate, mesh.tls-key and mesh.tls-authority are PEM files, the key without a password",
                e);
    }

    /** Says the token with every call. */
    private record Credentials(Token token) implements ClientInterceptor {
        @Override
        public <A, B> ClientCall<A, B> interceptCall(MethodDescriptor<A, B> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<B> listener, Metadata headers) {
                    headers.put(AUTHORIZATION, token.header());
                    super.start(listener, headers);
                }
            };
        }
    }
}
