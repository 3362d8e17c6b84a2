package dev.mayfly.fleet.remote;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.schedule.Offer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Lines of many hosts that one program plays, to see what a server bears: each as {@link GrpcDial} makes it, but for threads,
 * of which there are only those of the network, and for connections, which several lines may share.
 */
public final class ManyLines implements Dial, AutoCloseable {
    private final ServerAddress server;
    private final ManagedChannel[] shared;
    private final AtomicInteger next = new AtomicInteger();
    private final Log log;

    /** @param connections that all lines share; 0 gives each line one of its own, as agents have */
    public ManyLines(ServerAddress server, int connections, Log log) {
        this.server = Objects.requireNonNull(server, "server");
        this.log = log;
        this.shared = IntStream.range(0, connections)
                .mapToObj(_ -> server.open(Runnable::run))
                .toArray(ManagedChannel[]::new);
    }

    /** @param agent must not block */
    @Override
    public ServerSide dial(Optional<AgentId> known, String hostname, Offer offer, AgentSide agent) {
        if (shared.length == 0) {
            return ServerLine.open(server.open(Runnable::run), true, known, hostname, offer, agent, log);
        }
        ManagedChannel channel = shared[Math.floorMod(next.getAndIncrement(), shared.length)];
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            // How long to wait between two tries is for the agents to say.
            channel.resetConnectBackoff();
        }
        return ServerLine.open(channel, false, known, hostname, offer, agent, log);
    }

    @Override
    public void close() {
        for (ManagedChannel channel : shared) {
            channel.shutdownNow();
        }
    }
}
