package dev.mayfly.fleet.backend.fake;

import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.BackendContract;
import dev.mayfly.fleet.protocol.Attempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class FakeFolderTest extends BackendContract {
    @TempDir
    Path folder;

    @Override
    protected Backend open() {
        return new FakeFolder(
                folder,
                new FakeTimes(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofMillis(5)),
                Clock.systemUTC());
    }

    @Override
    protected void kill(Attempt attempt) throws Exception {
        Files.writeString(folder.resolve(attempt + ".fake"), "dead");
    }
}
