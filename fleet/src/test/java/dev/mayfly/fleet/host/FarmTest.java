package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.backend.fake.FakeBackend;
import dev.mayfly.fleet.backend.fake.FakeHost;
import dev.mayfly.fleet.backend.fake.FakeTimes;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.server.RunnerRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Server, agent, store and journal as they run, over machines that take no time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FarmTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A script that works until its machine is destroyed. */
    private static final Duration FOR_LONG = Duration.ofHours(1);

    /** Whoever asks without a pause keeps the server from those who are to be served. */
    private static final long ASK_AGAIN_MILLIS = 250;

    @TempDir
    Path folder;

    private FakeHost host;
    private Farm farm;

    @BeforeEach
    void start() {
        begin(Duration.ofMillis(1));
    }

    private void begin(Duration working) {
        host = new FakeHost(Ticker.system(), new FakeTimes(Duration.ofMillis(1), Duration.ofMillis(5), working));
        farm = new Farm(folder, new FakeBackend(host));
    }

    private void restartWithLongScripts() {
        farm.close();
        begin(FOR_LONG);
    }

    @AfterEach
    void end() {
        farm.close();
    }

    /** The agent connects when it has started, so the first answer may be that there is no host. */
    private RunnerId add(String name) throws InterruptedException {
        while (true) {
            try {
                AddAnswer answer = farm.server()
                        .add(new RunnerName(name), Wish.of("exit 0", ResourceType.SMALL, Set.of()), PATIENCE);
                if (answer instanceof AddAnswer.Ready ready) {
                    return ready.id();
                }
                assertThat(answer).isInstanceOf(AddAnswer.NoRoom.class);
            } catch (MayflyException e) {
                // The server was just ended.
            }
            Thread.sleep(ASK_AGAIN_MILLIS);
        }
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        while (!holds.getAsBoolean()) {
            Thread.sleep(20);
        }
    }

    private RunnerState state(RunnerId id) {
        return farm.server().runners().stream()
                .filter(runner -> runner.id().equals(id))
                .map(RunnerRecord::state)
                .findFirst()
                .orElseThrow();
    }

    private boolean empty() {
        return new FakeBackend(host).survey().isEmpty();
    }

    @Test
    void a_runner_is_ready_works_and_is_gone() throws Exception {
        RunnerId id = add("a");
        until(() -> state(id) == RunnerState.GONE);
        assertThat(empty()).isTrue();
        assertThat(farm.server().delete(id, PATIENCE)).isEqualTo(new DeleteAnswer.Gone());
    }

    @Test
    void what_works_survives_the_server_and_the_agent() throws Exception {
        restartWithLongScripts();
        RunnerId id = add("a");
        until(() -> state(id) == RunnerState.RUNNING);
        farm.endServer();
        farm.startServer();
        assertThat(add("a")).as("the same name gets the same runner").isEqualTo(id);
        farm.endAgent();
        farm.startAgent();
        assertThat(add("b")).isNotEqualTo(id);
        assertThat(state(id)).isEqualTo(RunnerState.RUNNING);
        assertThat(farm.server().delete(id, PATIENCE)).isEqualTo(new DeleteAnswer.Gone());
        assertThat(new FakeBackend(host).survey())
                .hasSize(1)
                .noneMatch(attempt -> attempt.runner().equals(id));
    }

    @Test
    void a_machine_that_dies_while_nobody_looks_is_found_dead() throws Exception {
        restartWithLongScripts();
        RunnerId id = add("a");
        until(() -> state(id) == RunnerState.RUNNING);
        farm.endAgent();
        new FakeBackend(host).survey().forEach(host::kill);
        farm.startAgent();
        until(() -> state(id) == RunnerState.GONE);
        assertThat(empty()).isTrue();
    }

    @Test
    void many_who_ask_at_once_are_served_with_what_room_there_is() {
        List<CompletableFuture<RunnerId>> all = IntStream.range(0, 40)
                .mapToObj(number -> CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return add("runner-" + number);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        Thread::startVirtualThread))
                .toList();
        assertThat(all.stream().map(CompletableFuture::join))
                .doesNotHaveDuplicates()
                .hasSize(40);
    }

    @Test
    void a_second_server_on_the_same_state_ends_the_first_one() throws Exception {
        add("a");
        var first = farm.server();
        farm.startServer();
        until(() -> {
            try {
                first.add(new RunnerName("z"), Wish.of("", ResourceType.NANO, Set.of()), Duration.ofSeconds(1));
                return false;
            } catch (MayflyException e) {
                return true;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(add("b")).isNotNull();
    }

    @Test
    void a_server_that_nobody_asks_for_some_ticks_is_still_there() throws Exception {
        RunnerId first = add("a");
        until(() -> state(first) == RunnerState.GONE);
        Thread.sleep(2_500);
        assertThat(farm.server().delete(first, PATIENCE)).isEqualTo(new DeleteAnswer.Gone());
        assertThat(folder.resolve("runner-state.json")).content().contains("\"runners\": []");
    }

    @Test
    void a_host_that_is_drained_gets_nothing_new() throws Exception {
        add("a");
        farm.agent().drain();
        Wish wish = Wish.of("", ResourceType.NANO, Set.of());
        until(() -> {
            try {
                return farm.server().add(new RunnerName("b"), wish, PATIENCE) instanceof AddAnswer.NoRoom none
                        && none.why().equals("1 host is being drained");
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
