package dev.mayfly.queue.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.contract.Engine;
import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.JobLedgerContract;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedJobLedgerTest extends JobLedgerContract {
    @TempDir
    Path temp;

    @Override
    protected EngineHome home(EngineTerms terms) {
        return EmbeddedHome.in(temp, terms);
    }

    @Test
    void counts_workers_by_what_they_said_lately() throws Exception {
        try (Engine engine = EmbeddedHome.in(temp, EngineTerms.CALM).open()) {
            Instant before = Instant.now().minusSeconds(1);
            assertThat(engine.ledger().workersSince(before)).hasValue(0);
            engine.ledger().beat(new Epoch("one", "home", "process"), 1);
            engine.ledger().beat(new Epoch("two", "home", "process"), 1);
            engine.ledger().beat(new Epoch("two", "home", "process"), 2);
            assertThat(engine.ledger().workersSince(before)).hasValue(2);
            assertThat(engine.ledger().workersSince(Instant.now().plusSeconds(60)))
                    .hasValue(0);
        }
    }
}
