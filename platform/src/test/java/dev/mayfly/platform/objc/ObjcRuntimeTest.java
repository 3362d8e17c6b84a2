package dev.mayfly.platform.objc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ObjcRuntimeTest {
    private final PlayedRuntime played = new PlayedRuntime();
    private final ObjcRuntime runtime = new ObjcRuntime(played, "a queue");

    @Test
    void messages_reach_their_receiver_with_all_arguments_and_are_answered() {
        long array = runtime.type("NSMutableArray");
        assertThat(array).isPositive();
        assertThat(runtime.type("NoSuchClass")).isZero();
        assertThat(runtime.send(array, "new")).isZero();
        assertThat(runtime.send(array, "a:b:c:d:e:f:", 1, 2, 3, 4, 5, -1)).isEqualTo(14);
        assertThat(played.calls)
                .containsExactly(
                        "class NSMutableArray new [0, 0, 0, 0, 0, 0]",
                        "class NSMutableArray a:b:c:d:e:f: [1, 2, 3, 4, 5, -1]");
        assertThat(runtime.is(array, "flag")).as("only the lowest byte says it").isFalse();
        assertThat(runtime.is(array, "x:", 1)).isTrue();
        assertThatThrownBy(() -> runtime.send(array, "x", 1, 2, 3, 4, 5, 6, 7))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void texts_go_there_and_back_and_nil_says_nothing() {
        assertThat(runtime.text(runtime.string("größer"))).isEqualTo("größer");
        assertThat(runtime.text(0)).isEmpty();
    }

    @Test
    void what_fails_says_its_error() {
        assertThat(runtime.sendWithError(1, "fail:error:", 9)).isEqualTo(new ObjectiveC.Sent(0, 77));
        assertThat(runtime.sendWithError(1, "fine:", 0).error()).isZero();
    }

    @Test
    void work_is_done_on_the_queue_within_a_pool_and_what_it_throws_is_thrown_here() {
        assertThat(runtime.onQueue(() -> "pool " + played.pools)).isEqualTo("pool 1");
        assertThat(played.pools).isZero();
        assertThat(played.calls).containsExactly("on queue a queue 0");
        IllegalArgumentException mine = new IllegalArgumentException("mine");
        assertThatThrownBy(() -> runtime.onQueue(() -> {
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(played.pools).isZero();
        assertThat(runtime.queue()).isPositive();
    }

    @Test
    void a_block_is_called_once_on_whatever_thread_with_the_error_it_gets() throws Throwable {
        CompletableFuture<Long> heard = new CompletableFuture<>();
        runtime.send(1, "startWithCompletionHandler:", runtime.handler(heard::complete));
        Thread framework = Thread.ofPlatform().start(() -> {
            try {
                played.complete(42);
                played.complete(43);
            } catch (Throwable e) {
                heard.completeExceptionally(e);
            }
        });
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(42);
        framework.join();
        assertThat(played.calls.getFirst()).isEqualTo("block isa true flags " + (1 << 28) + " size 40");
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void elsewhere_it_says_what_is_missing_and_what_to_do() {
        assertThatThrownBy(() -> ObjcRuntime.ofThisMac("Virtualization"))
                .isInstanceOfSatisfying(MayflyException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.MACHINES_UNAVAILABLE);
                    assertThat(failure.why()).contains("Virtualization", "macOS", System.getProperty("os.name"));
                    assertThat(failure.fix()).contains("on a Mac");
                });
    }
}
