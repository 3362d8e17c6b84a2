package dev.mayfly.sandbox.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LaterTest {
    @Test
    void what_is_made_is_had_by_everybody_who_asks() {
        Later<String> later = Later.begin("later-test", () -> "made");

        assertThat(later.get()).isEqualTo("made").isSameAs(later.get());
    }

    @Test
    void the_failure_of_the_maker_is_told_as_it_was() {
        MayflyException failure = new MayflyException(ErrorCode.SANDBOX_SETUP, "it cannot be made", "a test", "");
        Later<String> later = Later.begin("later-test", () -> {
            throw failure;
        });

        assertThatThrownBy(later::get).isSameAs(failure);
    }

    @Test
    void a_checked_failure_is_told_as_the_cause() {
        Later<String> later = Later.begin("later-test", () -> {
            throw new IOException("no disk");
        });

        assertThatThrownBy(later::get).hasRootCauseMessage("no disk");
    }

    @Test
    void an_interrupt_of_the_one_who_waits_is_kept_until_it_has_the_answer() {
        CountDownLatch release = new CountDownLatch(1);
        Later<String> later = Later.begin("later-test", () -> {
            release.await();
            return "made";
        });
        Thread.currentThread().interrupt();
        Thread.ofPlatform().start(release::countDown);

        assertThat(later.get()).isEqualTo("made");
        assertThat(Thread.interrupted()).isTrue();
    }
}
