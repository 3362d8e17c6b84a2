package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.testkit.Leaks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the wish to the proof that nothing is left, with nothing played. */
abstract class RealFarmContract {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    static final long MEMORY = 256 << 20;

    @TempDir
    Path folder;

    abstract Backend open() throws Exception;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void a_wish_becomes_a_real_machine_that_works_once_and_is_gone() throws Exception {
        open().close(); // what the machine lacks is said before anything is looked at
        Leaks leaks = Leaks.snapshot(folder.toString());
        try {
            live();
        } finally {
            try (Backend backend = open()) {
                backend.survey().forEach(backend::destroy);
            }
        }
        leaks.assertUnchanged(Duration.ofSeconds(30));
    }

    private void live() throws Exception {
        try (Backend backend = open();
                Farm farm = new Farm(folder, backend)) {
            Wish wish = Wish.of("test \"$(hostname)\" = real-1 && sleep 1", ResourceType.NANO, Set.of());
            AddAnswer answer = new AddAnswer.NoRoom("");
            while (answer instanceof AddAnswer.NoRoom) {
                answer = farm.server().add(new RunnerName("real-1"), wish, PATIENCE);
                Thread.sleep(100);
            }
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            AddAnswer.Ready.class,
                            ready -> assertThat(ready.address().hostKey()).startsWith("ecdsa-sha2-nistp256 "));
            while (!farm.server().runners().getFirst().gone()) {
                Thread.sleep(100);
            }
            RunnerRecord runner = farm.server().runners().getFirst();
            assertThat(runner.reason()).isEmpty();
            assertThat(runner.wish().script()).isEmpty();
            assertThat(backend.survey()).isEmpty();
            assertThat(farm.server().view().agents().getFirst().host().offer().times())
                    .as("how long it took is known by its template")
                    .singleElement()
                    .satisfies(times -> assertThat(times.way()).isEqualTo("booted"))
                    .satisfies(times -> assertThat(times.digest())
                            .isEqualTo(backend.template().orElseThrow().digest()))
                    .satisfies(times -> assertThat(times.bootToSsh().p50()).isPositive())
                    .satisfies(times -> assertThat(times.total().p50())
                            .isEqualTo(times.cloned().p50() + times.bootToSsh().p50()));
        }
    }
}
