package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.record.Quarantine;
import dev.mayfly.sandbox.record.Retention;
import dev.mayfly.testkit.KeptLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HousekeepingTest {
    private final KeptLog log = new KeptLog();
    private final AtomicInteger sweeps = new AtomicInteger();
    private final CountDownLatch three = new CountDownLatch(3);

    private Retention.Removed sweep() {
        int now = sweeps.incrementAndGet();
        three.countDown();
        return switch (now) {
            case 1 ->
                throw new MayflyException(
                        ErrorCode.STATE_UNAVAILABLE, "the ledger is gone", "somebody moved it", "bring it back");
            case 2 -> new Retention.Removed(3, new Quarantine.Removed(2, 4_096));
            default -> new Retention.Removed(0, new Quarantine.Removed(0, 0));
        };
    }

    @Test
    void sweeps_at_once_and_again_also_after_a_failure_and_says_in_a_line_what_went() throws Exception {
        try (Housekeeping _ = Housekeeping.start(this::sweep, Duration.ofMillis(5), log.log())) {
            assertThat(three.await(20, TimeUnit.SECONDS)).isTrue();
        }
        int before = sweeps.get();
        Thread.sleep(50);
        assertThat(sweeps).as("after the end").hasValue(before);
        assertThat(log.text().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("nothing was removed")
                                .contains("the ledger is gone: somebody moved it"),
                        line -> assertThat(line)
                                .contains("removed what is not kept any more")
                                .contains("runs=3")
                                .contains("cases=2")
                                .contains("bytes=4096"));
    }
}
