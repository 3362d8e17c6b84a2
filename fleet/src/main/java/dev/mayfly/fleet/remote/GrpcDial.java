package dev.mayfly.fleet.remote;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.schedule.Offer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reaches a server over gRPC. Each line has a connection of its own, because one that hangs while it is being made is given
 * up by nobody but who made it; how long to wait between two tries is for the agent to say.
 */
public final class GrpcDial implements Dial, AutoCloseable {
    private final ServerAddress server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Log log;

    public GrpcDial(ServerAddress server, Log parentLog) {
        this.server = Objects.requireNonNull(server, "server");
        this.log = parentLog.named("line");
    }

    @Override
    public ServerSide dial(Optional<AgentId> known, String hostname, Offer offer, AgentSide agent) {
        return ServerLine.open(server.open(threads), true, known, hostname, offer, agent, log);
    }

    /** Lines end with their agents. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
