package dev.mayfly.fleet.remote;

import dev.mayfly.base.secret.Token;
import dev.mayfly.rpc.Credentials;
import dev.mayfly.rpc.Tls;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Where a fleet's server is, and what it wants to hear. */
public record ServerAddress(String host, int port, Optional<Token> token, Tls tls) {
    private static final int MESSAGE = 16 << 20;

    /** A server that is dead on the other side is found out after these two. */
    private static final long PING_AFTER_SECONDS = 10;

    private static final long PONG_WITHIN_SECONDS = 5;

    public ServerAddress {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(token, "token");
        Objects.requireNonNull(tls, "tls");
    }

    /** For this machine alone: whoever is on the way can read everything. */
    public static ServerAddress withoutTls(String host, int port, Token token) {
        return new ServerAddress(host, port, Optional.of(token), Tls.NONE);
    }

    /** Without asking whether anybody is there. */
    public ManagedChannel open(Executor threads) {
        NettyChannelBuilder builder = tls.channel(host, port)
                .executor(threads)
                .maxInboundMessageSize(MESSAGE)
                .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PONG_WITHIN_SECONDS, TimeUnit.SECONDS)
                .disableRetry();
        token.ifPresent(word -> builder.intercept(new Credentials(word)));
        return builder.build();
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
