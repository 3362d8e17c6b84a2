package dev.mayfly.mesh.rpc;

import dev.mayfly.base.secret.Token;
import dev.mayfly.rpc.Credentials;
import dev.mayfly.rpc.Tls;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Connections to a controller. */
final class Channels {
    private static final int MESSAGE_BYTES = 16 << 20;
    private static final long KEEP_ALIVE_SECONDS = 10;

    private Channels() {}

    static ManagedChannel open(String host, int port, Optional<Token> token, Tls tls) {
        NettyChannelBuilder builder = tls.channel(host, port)
                .maxInboundMessageSize(MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
                .disableRetry();
        token.ifPresent(word -> builder.intercept(new Credentials(word)));
        return builder.build();
    }
}
