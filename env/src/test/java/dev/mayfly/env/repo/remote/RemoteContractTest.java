package dev.mayfly.env.repo.remote;

import dev.mayfly.env.contract.RepositoryContract;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import dev.mayfly.rpc.Tls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

class RemoteContractTest extends RepositoryContract {
    private final RepositoryServer server = RepositoryServer.start(
            new MemoryRepository("served"),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            Tls.NONE,
            ServerLimits.USUAL);

    @Override
    protected Repository open() {
        return RemoteRepository.connect("127.0.0.1", server.port(), RemoteOptions.USUAL);
    }

    @AfterEach
    void stopServer() {
        server.close();
    }
}
