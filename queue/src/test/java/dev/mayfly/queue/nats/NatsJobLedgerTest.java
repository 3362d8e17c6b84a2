package dev.mayfly.queue.nats;

import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.JobLedgerContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NatsJobLedgerTest extends JobLedgerContract {
    @TempDir
    private Path temp;

    private NatsFarm farm;

    @BeforeEach
    void prepare() {
        farm = new NatsFarm(temp);
    }

    @AfterEach
    void endServers() throws Exception {
        farm.close();
    }

    @Override
    protected EngineHome home(EngineTerms terms) throws Exception {
        return farm.home(terms);
    }
}
