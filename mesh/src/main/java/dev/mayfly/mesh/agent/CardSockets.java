package dev.mayfly.mesh.agent;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.card.CardOptions;
import dev.mayfly.mesh.card.VerbsTransport;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.util.List;
import java.util.Optional;

/**
 * Probes go through RDMA cards; paths are learned over sockets, with packets of the same addresses and ports.
 *
 * @param options with the key of all agents
 */
public record CardSockets(VerbsLibrary library, CardOptions options, Sockets sockets, Ticker ticker)
        implements Sockets {
    @Override
    public Transport transport(IpAddress address, List<Integer> sourcePorts) {
        return VerbsTransport.open(library, address, sourcePorts, options.withKey(Agent.QUEUE_KEY), ticker);
    }

    @Override
    public Optional<PathSocket> paths(IpAddress address) {
        return sockets.paths(address);
    }
}
