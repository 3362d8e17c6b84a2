package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens what an agent sends with, where it is to send from: on this host, or in a network namespace of it. */
public interface Sockets {
    /** @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED} when a port cannot be had */
    Transport transport(IpAddress address, List<Integer> sourcePorts);

    /** Does something where sockets that it opens belong there. */
    default <T> T inside(Supplier<T> action) {
        return action.get();
    }

    /** Empty where paths cannot be learned. */
    Optional<PathSocket> paths(IpAddress address);
}
