package dev.mayfly.env.server;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.wire.Pieces;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A repository at an address. The repository stays open when the server is closed. */
public final class RepositoryServer implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of(Token.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private static final int CALLS_PER_CONNECTION = 256;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long SWEEP_SECONDS = 30;
    private static final long PATIENCE_SECONDS = 5;

    private final Server server;
    private final Sessions sessions;
    private final ExecutorService threads;
    private final Thread sweeper;

    private RepositoryServer(Server server, Sessions sessions, ExecutorService threads) {
        this.server = server;
        this.sessions = sessions;
        this.threads = threads;
        this.sweeper = Thread.startVirtualThread(this::sweep);
    }

    /**
     * @param at port 0 for any that is free
     * @param token what clients must know; empty lets everybody in that reaches the address
     * @throws MayflyException {@code LISTEN_FAILED}
     */
    public static RepositoryServer start(
            Repository repository, InetSocketAddress at, Optional<Token> token, ServerLimits limits) {
        Sessions sessions = new Sessions(repository, limits, Ticker.system());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(at)
                .executor(threads)
                .maxInboundMessageSize(Pieces.MESSAGE)
                .maxInboundMetadataSize(HEADER_BYTES)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .addService(new EnvironmentsService(repository, sessions, limits));
        token.ifPresent(word -> builder.intercept(new Guard(word)));
        try {
            return new RepositoryServer(builder.build().start(), sessions, threads);
        } catch (IOException e) {
            threads.close();
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "The repository cannot be served at " + at,
                    Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse(String.valueOf(e.getMessage())),
                    "Choose another address, or end what listens there.",
                    e);
        }
    }

    public int port() {
        return server.getPort();
    }

    private void sweep() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(SWEEP_SECONDS);
                sessions.sweep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends calls that run; sessions that were not published are given up. */
    @Override
    public void close() {
        sweeper.interrupt();
        server.shutdownNow();
        try {
            server.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        sessions.close();
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
