package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.mesh.controller.Controller;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A controller at an address. The controller stays open when the server is closed. */
public final class ControllerServer implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of(Token.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final int CALLS_PER_CONNECTION = 64;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int MESSAGE_BYTES = 16 << 20;
    private static final long PATIENCE_SECONDS = 5;

    private final Server server;
    private final ExecutorService threads;

    private ControllerServer(Server server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * @param at port 0 for any that is free
     * @param token what agents must know; empty lets everybody in that reaches the address
     * @throws MayflyException {@code LISTEN_FAILED}; {@code CONFIGURATION_INVALID} when certificates cannot be used
     */
    public static ControllerServer start(
            Controller controller, InetSocketAddress at, Optional<Token> token, Optional<Tls> tls) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(at)
                .executor(threads)
                .maxInboundMessageSize(MESSAGE_BYTES)
                .maxInboundMetadataSize(HEADER_BYTES)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(new ControllerService(controller))
                .addService(new RpingmeshService(controller));
        token.ifPresent(word -> builder.intercept(new Guard(word)));
        tls.ifPresent(files -> secure(builder, files));
        try {
            return new ControllerServer(builder.build().start(), threads);
        } catch (IOException e) {
            threads.close();
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "The controller cannot be served at " + at,
                    Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse(String.valueOf(e.getMessage())),
                    "Choose another address, or end what listens there.",
                    e);
        }
    }

    private static void secure(NettyServerBuilder builder, Tls tls) {
        try {
            SslContextBuilder context = GrpcSslContexts.forServer(
                    tls.certificate().orElseThrow().toFile(),
                    tls.key().orElseThrow().toFile());
            if (tls.others().isPresent()) {
                context.trustManager(tls.others().get().toFile()).clientAuth(ClientAuth.REQUIRE);
                builder.intercept(new Identity.Reader());
            }
            builder.sslContext(context.build());
        } catch (IOException | RuntimeException e) {
            throw Channels.unusable(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /** Ends calls that run. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }

    /** Lets in only who knows the token. */
    private record Guard(Token token) implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            if (token.fits(Optional.ofNullable(headers.get(AUTHORIZATION)))) {
                return next.startCall(call, headers);
            }
            call.close(Status.UNAUTHENTICATED.withDescription("the token is not right"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }
}
