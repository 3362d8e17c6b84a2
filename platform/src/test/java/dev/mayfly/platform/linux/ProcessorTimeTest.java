package dev.mayfly.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
    @Test
    void work_takes_processor_time() {
        Needs.linux();
        long before = ProcessorTime.nanos();
        long end = System.nanoTime() + 20_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }

        assertThat(ProcessorTime.nanos()).isGreaterThan(before);
    }
}
