package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JanitorTest {
    @TempDir
    Path folder;

    @Test
    void a_job_that_ended_long_enough_ago_is_forgotten_and_one_that_waits_is_not() throws Exception {
        try (QueueTestBed bed = new QueueTestBed(folder)) {
            bed.client().submit(QueueTestBed.bytes("waits"));
            bed.client().submit(QueueTestBed.bytes("ended"));
            bed.client().cancel(QueueTestBed.id("ended"));

            try (Janitor _ =
                    Janitor.start(bed.engine().ledger(), Duration.ofMillis(200), Clock.systemUTC(), Log.off())) {
                for (int i = 0; i < 400 && known(bed, "ended"); i++) {
                    Thread.sleep(25);
                }
            }
            assertThat(known(bed, "ended")).isFalse();
            assertThat(known(bed, "waits")).isTrue();
        }
    }

    private static boolean known(QueueTestBed bed, String request) {
        return bed.engine().ledger().find(QueueTestBed.id(request)).isPresent();
    }
}
