package dev.mayfly.fleet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.fake.MemoryLedger;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.protocol.RunnerReport;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.schedule.Health;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetCoreTest {
    private static final Wish WISH = Wish.of("work", ResourceType.SMALL, Set.of());
    private static final Address ADDRESS = new Address("10.0.0.7", 22, "");
    private static final long LINK = 9;

    private final FakeTime time = FakeTime.standing();
    private final MemoryLedger ledger = new MemoryLedger();
    private final List<Output> outputs = new ArrayList<>();
    private FleetCore core = newCore();
    private int identities;
    private long reports;
    private long session;
    private AgentId agent = new AgentId("none");

    private FleetCore newCore() {
        return new FleetCore(ledger, ServerSettings.usual(), time, time.clock(), IdSource.seeded(identities), () -> {
            identities++;
            return new Identity(
                    new MachineIdentifier(String.format("%032x", identities)), MacAddress.of((long) identities << 8));
        });
    }

    private List<Output> take(Input... inputs) {
        outputs.clear();
        outputs.addAll(core.step(Arrays.asList(inputs)));
        return outputs;
    }

    private void connect() {
        take(new Input.Hello(LINK, Optional.empty(), "host", Offer.of(2, 4, 8L << 30)));
        Output.Welcome welcome = only(Output.Welcome.class);
        agent = welcome.agent();
        session = welcome.session();
        reports = 0;
    }

    private <T extends Output> T only(Class<T> type) {
        List<T> found =
                outputs.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<Command> commands() {
        return outputs.stream()
                .filter(Output.Send.class::isInstance)
                .map(output -> ((Output.Send) output).command())
                .filter(command -> !(command instanceof Command.Renew))
                .toList();
    }

    private Command.Create add(long call, String name) {
        take(new Input.Add(call, new RunnerName(name), WISH, Duration.ofMinutes(5)));
        return (Command.Create) commands().getFirst();
    }

    private void report(Attempt attempt, RunnerState state) {
        boolean ready = state == RunnerState.SSH_READY || state == RunnerState.RUNNING;
        take(new Input.Report(
                LINK,
                new AgentReport(
                        agent,
                        session,
                        ++reports,
                        false,
                        Offer.of(2, 4, 8L << 30),
                        List.of(new RunnerReport(
                                attempt,
                                state,
                                ResourceType.SMALL,
                                ready ? Optional.of(ADDRESS) : Optional.empty(),
                                state == RunnerState.GONE ? "it did not boot" : "",
                                OptionalInt.empty())))));
    }

    private void ready(RunnerId id) {
        assertThat(only(Output.AddAnswered.class).answer()).isInstanceOfSatisfying(AddAnswer.Ready.class, ready -> {
            assertThat(ready.id()).isEqualTo(id);
            assertThat(ready.address()).isEqualTo(ADDRESS);
        });
    }

    @Test
    void without_a_host_the_caller_hears_why_and_nothing_is_kept() {
        take(new Input.Add(1, new RunnerName("a"), WISH, Duration.ofMinutes(5)));
        assertThat(only(Output.AddAnswered.class).answer()).isEqualTo(new AddAnswer.NoRoom("there is no host"));
        assertThat(ledger.takeOver().runners()).isEmpty();
    }

    @Test
    void leave_to_start_is_in_the_ledger_when_the_caller_hears_that_it_is_ready() {
        connect();
        Command.Create create = add(1, "a");
        report(create.attempt(), RunnerState.BOOTING);
        assertThat(commands()).isEmpty();
        report(create.attempt(), RunnerState.SSH_READY);
        RunnerId id = create.attempt().runner();
        ready(id);
        assertThat(commands()).containsExactly(new Command.Start(create.attempt(), "work"));
        assertThat(ledger.takeOver().runners().getFirst().permitted()).isTrue();
    }

    @Test
    void a_host_that_somebody_has_drained_gets_nothing_new_also_from_the_next_server() {
        connect();
        take(new Input.Drain(7, agent, true));
        assertThat(only(Output.HostAnswered.class).answer()).isEqualTo(HostAnswer.DONE);
        take(new Input.Add(1, new RunnerName("a"), WISH, Duration.ofMinutes(5)));
        assertThat(only(Output.AddAnswered.class).answer()).isEqualTo(new AddAnswer.NoRoom("1 host is being drained"));
        assertThat(ledger.takeOver().agents().getFirst().drained()).isTrue();
    }

    @Test
    void a_host_that_is_gone_for_good_takes_its_runners_with_it_and_what_has_not_started_is_placed_anew() {
        connect();
        Command.Create working = add(1, "working");
        report(working.attempt(), RunnerState.SSH_READY);
        Command.Create waiting = add(2, "waiting");
        take(new Input.ForgetHost(7, agent));
        assertThat(only(Output.HostAnswered.class).answer()).isEqualTo(HostAnswer.STILL_THERE);
        take(new Input.LinkLost(LINK));
        take(new Input.ForgetHost(8, agent));
        assertThat(only(Output.HostAnswered.class).answer()).isEqualTo(HostAnswer.DONE);
        assertThat(only(Output.AddAnswered.class).answer()).isInstanceOfSatisfying(AddAnswer.Failed.class, failed -> {
            assertThat(failed.id()).isEqualTo(waiting.attempt().runner());
            assertThat(failed.why()).contains("is gone for good").contains("there is no host");
        });
        assertThat(ledger.takeOver().agents()).isEmpty();
        assertThat(ledger.takeOver().runners())
                .allMatch(runner -> runner.state() == RunnerState.GONE)
                .hasSize(2);
    }

    @Test
    void the_same_name_with_the_same_wish_gets_the_same_runner_and_with_another_none() {
        connect();
        Command.Create create = add(1, "a");
        report(create.attempt(), RunnerState.SSH_READY);
        RunnerId id = create.attempt().runner();
        take(new Input.Add(2, new RunnerName("a"), WISH, Duration.ofMinutes(5)));
        ready(id);
        Wish other = Wish.of("other work", ResourceType.SMALL, Set.of());
        take(new Input.Add(3, new RunnerName("a"), other, Duration.ofMinutes(5)));
        assertThat(only(Output.AddAnswered.class).answer()).isEqualTo(new AddAnswer.NameTaken(id));
    }

    @Test
    void an_order_is_said_again_until_the_host_shows_that_it_knows() {
        connect();
        Command.Create create = add(1, "a");
        Attempt unknown =
                new Attempt(new RunnerId("of-nobody"), create.attempt().fence());
        report(unknown, RunnerState.BOOTING);
        assertThat(commands()).containsExactly(new Command.Destroy(unknown), create);
        report(create.attempt(), RunnerState.CREATING);
        assertThat(commands()).isEmpty();
    }

    @Test
    void a_wish_that_comes_to_nothing_is_placed_anew_with_another_identity_and_then_given_up() {
        connect();
        Command.Create first = add(1, "a");
        report(first.attempt(), RunnerState.GONE);
        assertThat(commands()).hasSize(2).contains(new Command.Forget(first.attempt()));
        Command.Create second = (Command.Create) commands().getFirst();
        assertThat(second.attempt().runner()).isEqualTo(first.attempt().runner());
        assertThat(second.attempt().fence()).isGreaterThan(first.attempt().fence());
        assertThat(second.identity().machine()).isNotEqualTo(first.identity().machine());
        report(second.attempt(), RunnerState.GONE);
        report(((Command.Create) commands().getFirst()).attempt(), RunnerState.GONE);
        assertThat(only(Output.AddAnswered.class).answer())
                .isEqualTo(new AddAnswer.Failed(first.attempt().runner(), "it did not boot; that was try 3 of 3"));
    }

    @Test
    void a_delete_is_answered_when_the_host_has_shown_that_it_is_gone_and_not_before() {
        connect();
        Command.Create create = add(1, "a");
        RunnerId id = create.attempt().runner();
        take(new Input.Delete(2, id, Duration.ofSeconds(30)));
        assertThat(only(Output.AddAnswered.class).answer()).isEqualTo(new AddAnswer.Failed(id, "it was deleted"));
        assertThat(commands()).containsExactly(new Command.Destroy(create.attempt()));
        time.advance(Duration.ofSeconds(31));
        take(new Input.Tick());
        assertThat(only(Output.DeleteAnswered.class).answer()).isInstanceOf(DeleteAnswer.Unconfirmed.class);
        take(new Input.Delete(3, id, Duration.ofSeconds(30)));
        report(create.attempt(), RunnerState.GONE);
        assertThat(only(Output.DeleteAnswered.class).answer()).isEqualTo(new DeleteAnswer.Gone());
        take(new Input.Delete(4, id, Duration.ofSeconds(30)));
        assertThat(only(Output.DeleteAnswered.class).answer()).isEqualTo(new DeleteAnswer.Gone());
        take(new Input.Delete(5, new RunnerId("never"), Duration.ofSeconds(30)));
        assertThat(only(Output.DeleteAnswered.class).answer()).isEqualTo(new DeleteAnswer.Unknown());
    }

    @Test
    void a_host_is_never_promised_more_than_it_has() {
        connect();
        add(1, "a");
        add(2, "b");
        take(new Input.Add(3, new RunnerName("c"), WISH, Duration.ofMinutes(5)));
        assertThat(only(Output.AddAnswered.class).answer())
                .isEqualTo(new AddAnswer.NoRoom("1 host holds as many runners as it may"));
    }

    @Test
    void a_server_that_was_replaced_says_nothing_more() {
        connect();
        Command.Create create = add(1, "a");
        FleetCore next = newCore();
        assertThatThrownBy(() -> report(create.attempt(), RunnerState.SSH_READY))
                .isInstanceOf(MayflyException.class);
        assertThatThrownBy(() -> take(new Input.Tick())).isInstanceOf(IllegalStateException.class);
        assertThat(next.runners()).hasSize(1);
        assertThat(next.runners().getFirst().permitted()).isFalse();
    }

    private void sameAs(long number) {
        take(new Input.Report(LINK, AgentReport.same(agent, session, ++reports, number)));
    }

    private static boolean isRenewal(Output output) {
        return output instanceof Output.Send send && send.command() instanceof Command.Renew;
    }

    private long heard() {
        return outputs.stream()
                .filter(Output.Send.class::isInstance)
                .map(output -> ((Output.Send) output).command())
                .filter(Command.Renew.class::isInstance)
                .map(command -> ((Command.Renew) command).heard())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_report_that_says_nothing_new_counts_as_the_one_that_it_names() {
        connect();
        Command.Create create = add(1, "a");
        report(create.attempt(), RunnerState.SSH_READY);
        long whole = reports;
        assertThat(heard()).isEqualTo(whole);

        sameAs(whole);
        assertThat(outputs).as("it was told a moment ago").noneMatch(FleetCoreTest::isRenewal);
        assertThat(commands())
                .as("the order may have been lost")
                .containsExactly(new Command.Start(create.attempt(), "work"));
        time.advance(ServerSettings.usual().lostAfter().minusSeconds(1));
        sameAs(whole);
        assertThat(heard()).isEqualTo(whole);
        time.advance(Duration.ofSeconds(5));
        take(new Input.Tick());
        assertThat(core.agents().getFirst().host().health()).isEqualTo(Health.ONLINE);
        assertThat(core.agents().getFirst().host().runners()).isEqualTo(1);
    }

    @Test
    void a_report_that_names_one_which_was_never_heard_says_nothing_but_that_its_host_lives() {
        connect();
        Command.Create create = add(1, "a");
        report(create.attempt(), RunnerState.BOOTING);
        sameAs(7);
        assertThat(heard()).as("by this the agent finds out").isEqualTo(1);
        assertThat(commands()).isEmpty();
    }
}
