package dev.mayfly.fleet.plugin;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.remote.ServerAddress;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The plugin while it runs. */
public final class ShoesPlugin implements AutoCloseable {
    /** As go-plugin's own hosts and plugins take it. */
    private static final int MESSAGE = Integer.MAX_VALUE;

    private static final int TRIES = 50;

    private final ManagedChannel fleet;
    private final ExecutorService threads;
    private final Server server;
    private final CountDownLatch over;

    private ShoesPlugin(ManagedChannel fleet, ExecutorService threads, Server server, CountDownLatch over) {
        this.fleet = fleet;
        this.threads = threads;
        this.server = server;
        this.over = over;
    }

    /**
     * Listens on loopback, where the host wants it.
     *
     * @param environment of this process, as the host has made it
     * @throws MayflyException {@code USAGE} when no host has started it, {@code LISTEN_FAILED}
     */
    public static ShoesPlugin start(Map<String, String> environment, ServerAddress address, RandomGenerator random) {
        Handshake handshake = Handshake.of(environment);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ManagedChannel fleet = address.open(threads);
        CountDownLatch over = new CountDownLatch(1);
        return new ShoesPlugin(fleet, threads, listen(handshake, fleet, threads, over, random), over);
    }

    /** Fifty plugins may start at once in one range of ports, so each begins somewhere else. */
    private static Server listen(
            Handshake handshake,
            ManagedChannel fleet,
            ExecutorService threads,
            CountDownLatch over,
            RandomGenerator random) {
        IOException last = new IOException("no port");
        int ports = Math.max(1, handshake.lastPort() - handshake.firstPort() + 1);
        int begin = random.nextInt(ports);
        for (int i = 0; i < Math.min(ports, TRIES); i++) {
            int port = handshake.firstPort() + (begin + i) % ports;
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .executor(threads)
                    .maxInboundMessageSize(MESSAGE)
                    .permitKeepAliveTime(1, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(new ShoesRelay(fleet));
            HostServices.all(over::countDown).forEach(builder::addService);
            try {
                return builder.build().start();
            } catch (IOException e) {
                last = e;
            }
        }
        fleet.shutdownNow();
        threads.shutdownNow();
        throw new MayflyException(
                ErrorCode.LISTEN_FAILED,
                "the plugin cannot listen on loopback",
                "ports " + handshake.firstPort() + " to " + handshake.lastPort() + ": " + last.getMessage(),
                "free some of these ports",
                last);
    }

    /** What the host reads first. */
    public String line() {
        return Handshake.line(server.getPort());
    }

    /** Until the host says that it is done, or has died. */
    public void awaitEnd() throws InterruptedException {
        ProcessHandle.current().parent().ifPresent(host -> {
            var _ = host.onExit().thenRun(over::countDown);
        });
        over.await();
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            // The answer to the word that ends it must come through.
            server.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.shutdownNow();
        fleet.shutdownNow();
        threads.shutdownNow();
    }
}
