package dev.mayfly.queue.embedded;

import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.JobLedgerContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedJobLedgerTest extends JobLedgerContract {
    @TempDir
    Path temp;

    @Override
    protected EngineHome home(EngineTerms terms) {
        return EmbeddedHome.in(temp, terms);
    }
}
