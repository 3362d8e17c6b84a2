package dev.mayfly.fleet.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.Deadlines;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.schedule.TemplateTimes;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentCoreTest {
    private static final Attempt ONE = new Attempt(new RunnerId("r"), new Fence(5));
    private static final long LINK = 4;

    private static final class KeptJournal implements AgentJournal {
        private Memory memory = Memory.EMPTY;

        @Override
        public Memory load() {
            return memory;
        }

        @Override
        public void write(Memory next) {
            memory = next;
        }
    }

    private final FakeTime time = FakeTime.standing();
    private final KeptJournal journal = new KeptJournal();
    private AgentCore core = newCore();
    private List<AgentOutput> outputs = List.of();

    private AgentCore newCore() {
        return new AgentCore(
                journal,
                new AgentSettings(Offer.of(2, 2, 0), Deadlines.usual(), Duration.ofSeconds(5), Duration.ofSeconds(30)),
                time);
    }

    @BeforeEach
    void connect() {
        take(new AgentInput.Welcomed(LINK, new AgentId("host"), 1));
    }

    private void take(AgentInput input) {
        outputs = core.step(List.of(input));
    }

    private void order(Command command) {
        take(new AgentInput.Ordered(LINK, command));
    }

    private static Command.Create create(Attempt attempt) {
        return new Command.Create(
                attempt,
                new RunnerName("name"),
                ResourceType.SMALL,
                new Identity(new MachineIdentifier("0".repeat(32)), MacAddress.of(0)));
    }

    private List<AgentOutput> deeds() {
        return outputs.stream()
                .filter(output -> !(output instanceof AgentOutput.Report))
                .toList();
    }

    private RunnerReport reported() {
        return outputs.stream()
                .filter(AgentOutput.Report.class::isInstance)
                .map(output -> ((AgentOutput.Report) output).report().runners().getFirst())
                .findFirst()
                .orElseThrow();
    }

    private void getReady() {
        order(create(ONE));
        take(new AgentInput.Booted(ONE));
        take(new AgentInput.Ready(ONE, new Address("127.0.0.1", 2222, "")));
    }

    @Test
    void an_order_that_comes_twice_is_carried_out_once() {
        order(create(ONE));
        assertThat(deeds()).containsExactly(new AgentOutput.Make(create(ONE)));
        order(create(ONE));
        assertThat(deeds()).isEmpty();
        take(new AgentInput.Booted(ONE));
        take(new AgentInput.Ready(ONE, new Address("127.0.0.1", 2222, "")));
        assertThat(reported().state()).isEqualTo(RunnerState.SSH_READY);
        order(new Command.Start(ONE, "work"));
        assertThat(deeds()).containsExactly(new AgentOutput.Begin(ONE, "work"));
        order(new Command.Start(ONE, "work"));
        assertThat(deeds()).isEmpty();
    }

    @Test
    void what_was_ended_cannot_be_made_by_an_order_that_comes_late() {
        order(new Command.Destroy(ONE));
        assertThat(reported().state()).isEqualTo(RunnerState.GONE);
        order(create(ONE));
        assertThat(deeds()).isEmpty();
        order(new Command.Forget(ONE));
        core = newCore();
        connect();
        order(create(ONE));
        assertThat(deeds()).isEmpty();
        assertThat(reported().state()).isEqualTo(RunnerState.GONE);
    }

    @Test
    void a_machine_is_used_once() {
        getReady();
        order(new Command.Start(ONE, "work"));
        take(new AgentInput.ScriptEnded(ONE, 3));
        assertThat(deeds()).containsExactly(new AgentOutput.Destroy(ONE));
        take(new AgentInput.Destroyed(ONE));
        assertThat(reported().state()).isEqualTo(RunnerState.GONE);
        assertThat(reported().exitCode()).hasValue(3);
    }

    @Test
    void the_next_process_adopts_what_lives_and_destroys_what_nobody_knows() {
        getReady();
        order(new Command.Start(ONE, "work"));
        Attempt lost = new Attempt(new RunnerId("s"), new Fence(6));
        order(create(lost));
        Attempt stray = new Attempt(new RunnerId("t"), new Fence(1));
        core = newCore();
        outputs = core.start(Set.of(ONE, stray));
        assertThat(deeds())
                .containsExactly(
                        new AgentOutput.Destroy(stray),
                        new AgentOutput.Adopt(ONE, true),
                        new AgentOutput.Destroy(lost));
    }

    @Test
    void without_a_server_it_keeps_what_works_and_gives_up_what_has_not_started() {
        getReady();
        order(new Command.Start(ONE, "work"));
        Attempt waiting = new Attempt(new RunnerId("s"), new Fence(6));
        order(create(waiting));
        time.advance(Duration.ofSeconds(31));
        take(new AgentInput.Tick());
        assertThat(deeds()).containsExactly(new AgentOutput.Destroy(waiting));
    }

    @Test
    void what_takes_too_long_is_destroyed_and_what_cannot_be_destroyed_is_tried_again() {
        order(create(ONE));
        time.advance(Deadlines.usual().creating());
        order(new Command.Renew(Duration.ofSeconds(30), 0));
        take(new AgentInput.Tick());
        assertThat(deeds()).containsExactly(new AgentOutput.Destroy(ONE));
        assertThat(reported().reason()).isEqualTo("it was creating for longer than 60 s");
        take(new AgentInput.NotDestroyed(ONE, "a file is busy"));
        assertThat(reported().state()).isEqualTo(RunnerState.ERROR);
        time.advance(Deadlines.usual().error());
        take(new AgentInput.Tick());
        assertThat(deeds()).containsExactly(new AgentOutput.Destroy(ONE));
    }

    @Test
    void it_takes_no_more_than_it_may_and_nothing_while_it_is_drained() {
        order(create(ONE));
        order(create(new Attempt(new RunnerId("s"), new Fence(6))));
        order(create(new Attempt(new RunnerId("t"), new Fence(7))));
        assertThat(deeds()).isEmpty();
        take(new AgentInput.Destroyed(ONE));
        take(new AgentInput.Drain());
        order(create(new Attempt(new RunnerId("u"), new Fence(8))));
        assertThat(deeds()).isEmpty();
    }

    @Test
    void orders_through_an_old_connection_are_void() {
        take(new AgentInput.Welcomed(LINK + 1, new AgentId("host"), 2));
        order(create(ONE));
        assertThat(deeds()).isEmpty();
    }

    @Test
    void what_stands_ready_is_told_at_once_and_only_when_it_has_changed() {
        take(new AgentInput.Standing(Map.of(ResourceType.NANO, 2)));
        assertThat(outputs)
                .singleElement()
                .isInstanceOfSatisfying(
                        AgentOutput.Report.class,
                        told -> assertThat(told.report().offer().warm(ResourceType.NANO))
                                .isEqualTo(2));
        take(new AgentInput.Standing(Map.of(ResourceType.NANO, 2)));
        assertThat(outputs).isEmpty();
    }

    @Test
    void how_long_starts_have_taken_is_told_once() {
        TemplateTimes.Quantiles some = new TemplateTimes.Quantiles(1, 2);
        List<TemplateTimes> times =
                List.of(new TemplateTimes("debian", Sha256Digest.of("debian"), "booted", 3, some, some, some));
        take(new AgentInput.Times(times));
        assertThat(report().offer().times()).isEqualTo(times);
        take(new AgentInput.Standing(Map.of(ResourceType.NANO, 2)));
        assertThat(report().offer().times()).isEqualTo(times);
        take(new AgentInput.Times(times));
        assertThat(outputs).isEmpty();
    }

    private AgentReport report() {
        assertThat(outputs).hasSize(1);
        return ((AgentOutput.Report) outputs.getFirst()).report();
    }

    private void aWhileLater() {
        time.advance(Duration.ofSeconds(5));
        take(new AgentInput.Tick());
    }

    @Test
    void what_the_server_has_heard_is_not_said_again_until_something_changes() {
        order(create(ONE));
        take(new AgentInput.Booted(ONE));
        long whole = report().number();
        assertThat(report().saysAll()).isTrue();

        aWhileLater();
        assertThat(report().saysAll()).as("nobody has said that it was heard").isTrue();
        order(new Command.Renew(Duration.ofSeconds(30), whole));
        aWhileLater();
        assertThat(report().saysAll()).as("an earlier one was heard").isTrue();
        whole = report().number();
        order(new Command.Renew(Duration.ofSeconds(30), whole));
        aWhileLater();
        assertThat(report().same()).isEqualTo(whole);
        assertThat(report().number()).isEqualTo(whole + 1);
        aWhileLater();
        assertThat(report().same()).isEqualTo(whole);

        take(new AgentInput.Ready(ONE, new Address("127.0.0.1", 2222, "")));
        assertThat(report().saysAll()).isTrue();
        order(new Command.Renew(Duration.ofSeconds(30), report().number()));
        take(new AgentInput.Ready(ONE, new Address("127.0.0.1", 2223, "")));
        assertThat(report().saysAll()).as("it is somewhere else").isTrue();
        order(new Command.Renew(Duration.ofSeconds(30), report().number()));
        take(new AgentInput.Drain());
        assertThat(report().draining()).isTrue();

        order(new Command.Renew(Duration.ofSeconds(30), report().number()));
        take(new AgentInput.Welcomed(LINK + 1, new AgentId("host"), 2));
        assertThat(report().saysAll())
                .as("another connection has heard nothing")
                .isTrue();
    }
}
