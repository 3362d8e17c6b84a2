package dev.mayfly.fleet.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.server.AgentRecord;
import dev.mayfly.fleet.server.FleetLedger;
import dev.mayfly.fleet.server.FleetLedger.Change;
import dev.mayfly.fleet.server.RunnerRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for every ledger. */
abstract class FleetLedgerContract {
    private static final Identity IDENTITY = identity(1, 1);

    private static final RunnerRecord PLACED = new RunnerRecord(
            new RunnerId("shoes-vz-1"),
            new RunnerName("one"),
            Wish.of("echo 'hello'\n", ResourceType.XLARGE2, Set.of(new Label("gpu"), new Label("a b"))),
            true,
            RunnerState.SSH_READY,
            Optional.of(new RunnerRecord.Placed(new AgentId("host"), IDENTITY)),
            new Fence(7),
            2,
            true,
            Optional.of(new Address("127.0.0.1", 2222, "ssh-ed25519 AAAA")),
            "because",
            Instant.ofEpochMilli(1_700_000_000_123L));

    private static final RunnerRecord BARE = new RunnerRecord(
            new RunnerId("shoes-vz-2"),
            new RunnerName("two"),
            Wish.of("", ResourceType.NANO, Set.of()),
            false,
            RunnerState.CREATING,
            Optional.empty(),
            Fence.NONE,
            0,
            false,
            Optional.empty(),
            "",
            Instant.EPOCH);

    /** All that come out of one test share one state. */
    abstract FleetLedger open();

    private static Identity identity(int machine, int mac) {
        return new Identity(
                new MachineIdentifier(String.format("%032x", machine)),
                new MacAddress(String.format("02:00:00:00:00:%02x", mac)));
    }

    private static void refused(Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT));
    }

    @Test
    void a_new_ledger_is_empty() {
        FleetLedger.Recovered first = open().takeOver();
        assertThat(first.runners()).isEmpty();
        assertThat(first.agents()).isEmpty();
        assertThat(first.lastFence()).isEqualTo(Fence.NONE);
    }

    @Test
    void what_was_written_is_what_the_next_server_begins_with() {
        FleetLedger ledger = open();
        long epoch = ledger.takeOver().epoch();
        AgentRecord agent = new AgentRecord(new AgentId("host"), "mac mini 3", 5, true);
        ledger.write(
                epoch,
                List.of(
                        new Change.Runner(BARE),
                        new Change.Agent(new AgentRecord(new AgentId("host"), "old name", 4, false)),
                        new Change.FenceGiven(new Fence(7))));
        ledger.write(epoch, List.of(new Change.Runner(PLACED), new Change.Agent(agent)));
        FleetLedger.Recovered next = open().takeOver();
        assertThat(next.runners()).containsExactlyInAnyOrder(PLACED, BARE);
        assertThat(next.agents()).containsExactly(agent);
        assertThat(next.lastFence()).isEqualTo(new Fence(7));
        assertThat(next.epoch()).isGreaterThan(epoch);
    }

    @Test
    void a_record_replaces_the_one_of_its_id_and_can_be_forgotten() {
        FleetLedger ledger = open();
        long epoch = ledger.takeOver().epoch();
        ledger.write(epoch, List.of(new Change.Runner(PLACED), new Change.Runner(BARE)));
        ledger.write(epoch, List.of(new Change.RunnerForgotten(BARE.id())));
        assertThat(open().takeOver().runners()).containsExactly(PLACED);
        AgentId host = new AgentId("host");
        long mine = ledger.takeOver().epoch();
        ledger.write(mine, List.of(new Change.Agent(new AgentRecord(host, "a", 1, false))));
        ledger.write(mine, List.of(new Change.AgentForgotten(host)));
        assertThat(open().takeOver().agents()).isEmpty();
    }

    @Test
    void whoever_was_the_server_before_can_write_no_more_not_even_nothing() {
        FleetLedger old = open();
        long before = old.takeOver().epoch();
        old.write(before, List.of());
        long now = open().takeOver().epoch();
        refused(() -> old.write(before, List.of(new Change.Runner(PLACED))));
        refused(() -> old.write(before, List.of()));
        open().write(now, List.of());
        assertThat(open().takeOver().runners()).isEmpty();
    }

    @Test
    void an_identity_is_given_once_and_so_is_each_half_of_it() {
        FleetLedger ledger = open();
        long epoch = ledger.takeOver().epoch();
        assertThat(ledger.isTaken(IDENTITY)).isFalse();
        ledger.write(epoch, List.of(new Change.IdentityGiven(IDENTITY)));
        for (Identity other : List.of(IDENTITY, identity(1, 2), identity(2, 1))) {
            assertThat(ledger.isTaken(other)).isTrue();
            refused(() -> ledger.write(epoch, List.of(new Change.Runner(PLACED), new Change.IdentityGiven(other))));
        }
        assertThat(ledger.isTaken(identity(2, 2))).isFalse();
        assertThat(open().takeOver().runners())
                .as("nothing of a refused write is kept")
                .isEmpty();
    }
}
