package dev.mayfly.fleet.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.fake.FakeBackend;
import dev.mayfly.fleet.backend.fake.FakeHost;
import dev.mayfly.fleet.backend.fake.FakeTimes;
import dev.mayfly.fleet.protocol.Attempt;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KeeperTest {
    private static final Duration STEP = Duration.ofMillis(20);

    private final FakeHost host = new FakeHost(Ticker.system(), new FakeTimes(STEP, STEP, STEP));
    private final FakeBackend backend = new FakeBackend(host);
    private final Semaphore gate = new Semaphore(1, true);
    private final CopyOnWriteArrayList<AgentInput> news = new CopyOnWriteArrayList<>();

    private Keeper keeper(int machines) {
        return new Keeper(backend, Map.of(ResourceType.NANO, machines), gate, news::add, Log.off());
    }

    private static Plan plan() {
        return new Plan(
                new Attempt(new RunnerId("r"), new Fence(1)),
                new RunnerName("r"),
                ResourceType.NANO,
                new Identity(new MachineIdentifier("0".repeat(32)), MacAddress.of(1)));
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        while (!holds.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    private int standing() {
        return backend.standing().getOrDefault(ResourceType.NANO, 0);
    }

    @Test
    void what_is_taken_is_made_again_and_the_server_is_told_each_time() throws InterruptedException {
        try (Keeper keeper = keeper(2)) {
            keeper.start();
            until(() -> standing() == 2);
            assertThat(backend.take(plan())).isPresent();
            keeper.look();
            until(() -> news.contains(new AgentInput.Standing(Map.of(ResourceType.NANO, 1)))
                    && standing() == 2
                    && news.getLast().equals(new AgentInput.Standing(Map.of(ResourceType.NANO, 2))));
        }
        assertThat(standing()).as("nothing stands ready for nobody").isZero();
        assertThat(backend.survey()).as("what was taken stays").hasSize(1);
    }

    @Test
    void who_wants_a_machine_now_comes_before_who_may_want_one_later() throws InterruptedException {
        gate.acquire();
        try (Keeper keeper = keeper(1)) {
            keeper.start();
            Thread.sleep(1_500);
            assertThat(standing()).isZero();
            gate.release();
            until(() -> standing() == 1);
        }
    }
}
