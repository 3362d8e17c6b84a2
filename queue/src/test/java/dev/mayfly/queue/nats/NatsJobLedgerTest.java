package dev.mayfly.queue.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.JobLedgerContract;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.testkit.nats.NatsOptions;
import dev.mayfly.testkit.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

    /** A server allows a stream 1,000 of them, and keeps idle ones for a while. */
    @Test
    void reading_through_leaves_no_consumers_with_the_server() throws Exception {
        NatsServer server = farm.server(NatsOptions.plain());
        QueueEngine engine = farm.engine(NatsFarm.settings(server, EngineTerms.CALM));
        try (Connection looker = Nats.connect(server.url())) {
            engine.ledger().beat(new Epoch("one", "home", "process"), 1);
            engine.ledger().store(SampleJobs.queued(1));
            assertThat(engine.ledger().workersSince(Instant.EPOCH)).hasValue(1);
            assertThat(engine.ledger().newest(10, Optional.empty())).hasSize(1);
            for (String bucket : List.of(Names.WORKERS, Names.LEDGER)) {
                assertThat(looker.jetStreamManagement().getConsumerNames(Names.bucketStream(bucket)))
                        .isEmpty();
            }
        }
    }

    @Override
    protected EngineHome home(EngineTerms terms) throws Exception {
        return farm.home(terms);
    }
}
