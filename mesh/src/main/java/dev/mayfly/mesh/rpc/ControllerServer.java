package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.mesh.controller.Controller;
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

/** A controller at an address. The controller stays open when the server is closed. */
public final class ControllerServer implements AutoCloseable {
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
     * @throws MayflyException {@code LISTEN_FAILED}; {@code CERTIFICATE_UNUSABLE}
     */
    public static ControllerServer start(Controller controller, InetSocketAddress at, Optional<Token> token, Tls tls) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            NettyServerBuilder builder = tls.server(at)
                    .executor(threads)
                    .maxInboundMessageSize(MESSAGE_BYTES)
                    .maxInboundMetadataSize(HEADER_BYTES)
                    .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(new ControllerService(controller))
                    .addService(new RpingmeshService(controller));
            token.ifPresent(word -> builder.intercept(new TokenGuard(word)));
            if (tls.asksClients()) {
                builder.intercept(new Identity.Reader());
            }
            return new ControllerServer(Listening.start(builder, "the controller", at), threads);
        } catch (MayflyException e) {
            threads.close();
            throw e;
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
}
