package dev.mayfly.fleet.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.protocol.Attempt;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What holds for every back end. Machines are dear, so each test does much with one. */
public abstract class BackendContract {
    protected static final Attempt ATTEMPT = new Attempt(new RunnerId("shoes-vz-1a.b"), new Fence(17));

    /** A loaded host that emulates the processor takes a minute for a boot. */
    protected static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Another one on the same host each time, as an agent has after a restart. */
    protected abstract Backend open();

    /** The machine dies by itself. */
    protected abstract void kill(Attempt attempt) throws Exception;

    /** What else can be done with a machine that is ready. */
    protected void use(Backend backend) throws Exception {}

    protected static Plan plan(Attempt attempt) {
        long number = attempt.fence().value();
        return new Plan(
                attempt,
                new RunnerName("runner-" + number),
                ResourceType.NANO,
                new Identity(new MachineIdentifier(String.format("%032x", number)), MacAddress.of(number << 8)));
    }

    protected static void fails(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.MACHINE_FAILED));
    }

    @Test
    void a_machine_is_made_works_once_is_adopted_by_the_next_process_and_leaves_nothing() throws Exception {
        Address address;
        try (Backend backend = open()) {
            assertThat(backend.survey()).isEmpty();
            backend.make(plan(ATTEMPT));
            assertThat(backend.survey()).containsExactly(ATTEMPT);
            fails(() -> backend.make(plan(ATTEMPT)));
            address = backend.awaitReady(ATTEMPT, PATIENCE);
            use(backend);
            fails(() -> backend.awaitEnd(ATTEMPT, Duration.ZERO));
            backend.begin(ATTEMPT, "echo hello; exit 7");
            fails(() -> backend.begin(ATTEMPT, "echo again"));
        }
        try (Backend next = open()) {
            assertThat(next.survey()).containsExactly(ATTEMPT);
            assertThat(next.awaitReady(ATTEMPT, PATIENCE)).isEqualTo(address);
            assertThat(next.awaitEnd(ATTEMPT, PATIENCE)).hasValue(7);
            assertThat(next.output(ATTEMPT)).isEqualTo("hello\n");
            fails(() -> next.begin(ATTEMPT, "echo again"));
            next.destroy(ATTEMPT);
            assertThat(next.survey()).isEmpty();
            next.destroy(ATTEMPT);
            fails(() -> next.output(ATTEMPT));
            fails(() -> next.awaitReady(ATTEMPT, PATIENCE));
        }
    }

    @Test
    void a_machine_that_dies_is_noticed_and_what_is_left_of_it_can_be_destroyed() throws Exception {
        try (Backend backend = open()) {
            backend.make(plan(ATTEMPT));
            kill(ATTEMPT);
            fails(() -> backend.awaitReady(ATTEMPT, PATIENCE));
            assertThat(backend.survey()).containsExactly(ATTEMPT);
            backend.destroy(ATTEMPT);
            assertThat(backend.survey()).isEmpty();
        }
    }

    @Test
    void what_is_not_there_cannot_be_waited_for() {
        try (Backend backend = open()) {
            fails(() -> backend.awaitReady(ATTEMPT, PATIENCE));
            fails(() -> backend.begin(ATTEMPT, "true"));
            backend.destroy(ATTEMPT);
        }
    }
}
