package dev.mayfly.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** {@link VfsEndpoint} on a Unix socket, by the JDK's own channels, which need no native library. */
public final class VfsServer implements AutoCloseable {
    /** More than any spec or name needs. */
    private static final int MESSAGE = 1 << 20;

    private final Server server;
    private final EventLoopGroup loops;
    private final ExecutorService threads;
    private final QuietBootstrap quiet;

    private VfsServer(Server server, EventLoopGroup loops, ExecutorService threads, QuietBootstrap quiet) {
        this.quiet = quiet;
        this.server = server;
        this.loops = loops;
        this.threads = threads;
    }

    /**
     * @param socket not there yet, in a folder that only this user may enter
     * @throws MayflyException {@code LISTEN_FAILED}
     */
    public static VfsServer start(Path socket, VfsEndpoint endpoint) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        QuietBootstrap quiet = new QuietBootstrap();
        try {
            Server server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                    .channelType(NioServerDomainSocketChannel.class)
                    .bossEventLoopGroup(loops)
                    .workerEventLoopGroup(loops)
                    .executor(threads)
                    .maxInboundMessageSize(MESSAGE)
                    .addService(endpoint)
                    .build()
                    .start();
            return new VfsServer(server, loops, threads, quiet);
        } catch (IOException e) {
            end(loops, threads);
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    "the service of environments cannot listen at " + socket,
                    Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse(String.valueOf(e.getMessage())),
                    "make its folder writable, or choose another --home",
                    e);
        }
    }

    /** Calls that run get a moment to end. */
    public void close(Duration patience) {
        try {
            server.shutdown();
            if (!server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            end(loops, threads);
            Reference.reachabilityFence(quiet);
        }
    }

    private static void end(EventLoopGroup loops, ExecutorService threads) {
        threads.shutdownNow();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
