package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.qemu.QemuBackend;
import dev.mayfly.fleet.backend.qemu.QemuSettings;
import dev.mayfly.fleet.backend.qemu.Templates;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the wish to the proof that nothing is left, with nothing played. */
class QemuFarmTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long MEMORY = 256 << 20;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void a_wish_becomes_a_real_machine_that_works_once_and_is_gone() throws Exception {
        Needs.linux();
        Path program = Needs.command("qemu-system-x86_64");
        QemuSettings settings =
                new QemuSettings(program, Templates.debian(), folder.resolve("r"), folder.resolve("w"), MEMORY);
        Leaks leaks = Leaks.snapshot(folder.toString());
        try {
            live(settings);
        } finally {
            try (Backend backend = new QemuBackend(settings, Ticker.system(), Log.off())) {
                backend.survey().forEach(backend::destroy);
            }
        }
        leaks.assertUnchanged(Duration.ofSeconds(20));
    }

    private void live(QemuSettings settings) throws InterruptedException {
        try (Backend backend = new QemuBackend(settings, Ticker.system(), Log.off());
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
        }
    }
}
