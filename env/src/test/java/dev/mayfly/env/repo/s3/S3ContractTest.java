package dev.mayfly.env.repo.s3;

import dev.mayfly.env.contract.RepositoryContract;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each test in a prefix of its own, in one store for all of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ContractTest extends RepositoryContract {
    @TempDir
    Path temp;

    private final AtomicInteger prefixes = new AtomicInteger();
    private Optional<S3Server> server = Optional.empty();
    private Optional<S3Address> address = Optional.empty();

    @BeforeAll
    void startServer(@TempDir Path shared) throws IOException {
        server = Optional.of(S3Server.start(Needs.s3Server(), shared));
    }

    @AfterAll
    void stopServer() {
        server.ifPresent(S3Server::close);
    }

    @AfterEach
    void forgetPrefix() {
        address = Optional.empty();
    }

    @Override
    protected Repository open() {
        S3Options options = Stores.options(temp);
        if (address.isEmpty()) {
            address = Optional.of(Stores.at(server.orElseThrow().port(), "a/prefix-" + prefixes.incrementAndGet()));
            S3Repository.init(address.get(), options, Stores.key());
        }
        return S3Repository.open(address.get(), options, Stores.key());
    }
}
