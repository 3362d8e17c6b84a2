package dev.mayfly.mesh.agent;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Optional;

/** Sockets of this host's own network; says what is less than it could be. */
public record HostSockets(Ticker ticker, Log log) implements Sockets {
    @Override
    public Transport transport(IpAddress address, List<Integer> sourcePorts) {
        Soft.Choice choice = Soft.open(address, sourcePorts, ticker);
        if (!choice.why().isEmpty()) {
            log.warn().with("why", choice.why()).with("fix", choice.fix()).log("times contain those of the host");
        }
        return choice.transport();
    }

    @Override
    public Optional<PathSocket> paths(IpAddress address) {
        if (!Soft.kernelStamps(System.getProperty("os.name", ""), dev.mayfly.platform.linux.Machine.current())) {
            log.warn().log("paths are learned on Linux only; faults are told by card and leaf");
            return Optional.empty();
        }
        try {
            return Optional.of(PathSocket.open(address));
        } catch (MayflyException e) {
            log.warn().with("why", e.why()).with("fix", e.fix()).log("paths cannot be learned from " + address);
            return Optional.empty();
        }
    }
}
