package dev.mayfly.mesh.demo;

import dev.mayfly.mesh.agent.Sockets;
import dev.mayfly.mesh.soft.KernelTransport;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Setns;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sockets in the network namespace of a process; they stay there whoever uses them.
 *
 * @param pid of any process in it
 */
public record NamespaceSockets(long pid) implements Sockets {
    @Override
    public Transport transport(IpAddress address, List<Integer> sourcePorts) {
        return Setns.inNetworkOf(pid, () -> KernelTransport.open(address, sourcePorts));
    }

    @Override
    public <T> T inside(Supplier<T> action) {
        return Setns.inNetworkOf(pid, action::get);
    }

    @Override
    public Optional<PathSocket> paths(IpAddress address) {
        return Optional.of(Setns.inNetworkOf(pid, () -> PathSocket.open(address)));
    }
}
