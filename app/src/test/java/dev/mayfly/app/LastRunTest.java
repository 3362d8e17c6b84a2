package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LastRunTest {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Test
    void a_backend_is_closed_after_its_run_also_when_the_run_failed() throws InterruptedException {
        Backend once = new LastRun(new Broken(), closed::countDown);

        assertThatThrownBy(() -> once.run(anySpec())).isInstanceOf(MayflyException.class);

        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void asking_for_its_layers_closes_nothing() {
        Backend once = new LastRun(new Broken(), closed::countDown);

        assertThat(once.name()).isEqualTo("broken");
        assertThat(once.layers()).isEmpty();
        assertThat(closed.getCount()).isEqualTo(1);
    }

    @SuppressWarnings("NullAway") // never looked at
    private static BoxSpec anySpec() {
        return null;
    }

    private record Broken() implements Backend {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public List<LayerReport> layers() {
            return List.of();
        }

        @Override
        public Execution run(BoxSpec spec) {
            throw new MayflyException(ErrorCode.SANDBOX_SETUP, "it does not run", "it is broken", "");
        }

        @Override
        public void close() {}
    }
}
