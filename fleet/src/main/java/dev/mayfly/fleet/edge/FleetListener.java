package dev.mayfly.fleet.edge;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.service.StartHistory;
import dev.mayfly.fleet.wire.Guard;
import dev.mayfly.rpc.Listening;
import dev.mayfly.rpc.Tls;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A fleet's server at an address. The server stays open when this is closed. */
public final class FleetListener implements AutoCloseable {
    /** A script, or the report of a host full of runners. */
    private static final int MESSAGE = 4 << 20;

    private static final int HEADER_BYTES = 8 << 10;
    private static final int CALLS_PER_CONNECTION = 10_000;

    /** A connection that is dead on one side is found out after these two; an agent is suspected after 15 s anyway. */
    private static final long PING_AFTER_SECONDS = 10;

    private static final long PONG_WITHIN_SECONDS = 5;
    private static final long LEAST_PING_SECONDS = 5;
    private static final long SWEEP_SECONDS = 5;

    private final Server server;
    private final ExecutorService threads;
    private final Thread sweeper;

    private FleetListener(Server server, ExecutorService threads, AgentEndpoint agents) {
        this.server = server;
        this.threads = threads;
        this.sweeper = Thread.ofVirtual().name("fleet-sweeper").start(() -> sweep(agents));
    }

    /**
     * @param at port 0 for any that is free
     * @param guard empty lets everybody in that reaches the address
     * @param interval between the reports of an agent to which nothing happens
     * @throws MayflyException {@code LISTEN_FAILED}, {@code CERTIFICATE_UNUSABLE}
     */
    public static FleetListener start(
            FleetServer fleet,
            StartHistory starts,
            String version,
            InetSocketAddress at,
            Optional<Guard> guard,
            Tls tls,
            Duration interval,
            Log log) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            AgentEndpoint agents = new AgentEndpoint(fleet, interval, log.named("edge"));
            NettyServerBuilder builder = tls.server(at)
                    .executor(threads)
                    .maxInboundMessageSize(MESSAGE)
                    .maxInboundMetadataSize(HEADER_BYTES)
                    .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                    .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                    .keepAliveTimeout(PONG_WITHIN_SECONDS, TimeUnit.SECONDS)
                    .permitKeepAliveTime(LEAST_PING_SECONDS, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(agents)
                    .addService(new ShoesEndpoint(fleet))
                    .addService(new AnswersEndpoint(fleet))
                    .addService(new ManageEndpoint(fleet, starts, version));
            guard.ifPresent(builder::intercept);
            return new FleetListener(Listening.start(builder, "the fleet", at), threads, agents);
        } catch (MayflyException e) {
            threads.close();
            throw e;
        }
    }

    public int port() {
        return server.getPort();
    }

    private static void sweep(AgentEndpoint agents) {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(SWEEP_SECONDS);
                agents.sweep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Calls that run get a moment to end; agents are cut off, and look for the next server. */
    public void close(Duration patience) {
        sweeper.interrupt();
        server.shutdown();
        try {
            if (!server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }
}
