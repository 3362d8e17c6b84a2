package dev.mayfly.env.server;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.rpc.Listening;
import dev.mayfly.rpc.Tls;
import dev.mayfly.rpc.TokenGuard;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A repository at an address. The repository stays open when the server is closed. */
public final class RepositoryServer implements AutoCloseable {
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
     * @throws MayflyException {@code LISTEN_FAILED}, {@code CERTIFICATE_UNUSABLE}
     */
    public static RepositoryServer start(
            Repository repository, InetSocketAddress at, Optional<Token> token, Tls tls, ServerLimits limits) {
        Sessions sessions = new Sessions(repository, limits, Ticker.system());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            NettyServerBuilder builder = tls.server(at)
                    .executor(threads)
                    .maxInboundMessageSize(Pieces.MESSAGE)
                    .maxInboundMetadataSize(HEADER_BYTES)
                    .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                    .permitKeepAliveTime(10, TimeUnit.SECONDS)
                    .addService(new EnvironmentsService(repository, sessions, limits));
            token.ifPresent(word -> builder.intercept(new TokenGuard(word)));
            return new RepositoryServer(Listening.start(builder, "the repository", at), sessions, threads);
        } catch (MayflyException e) {
            threads.close();
            sessions.close();
            throw e;
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
}
