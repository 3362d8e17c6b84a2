package dev.mayfly.fleet.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StepsTest {
    /** A row for each state, a column for each that may follow, in the order of the enum. */
    private static final String TABLE = """
        CREATING     . x . . x . x
        BOOTING      . . x . x . x
        SSH_READY    . . . x x . x
        RUNNING      . . . . x . x
        TEARING_DOWN . . . . . x x
        GONE         . . . . . . .
        ERROR        . . . . x . .
        """;

    @Test
    void the_table_is_the_one_that_was_agreed_on() {
        String table = Stream.of(RunnerState.values())
                .map(from -> String.format(
                        "%-12s %s\n",
                        from,
                        Stream.of(RunnerState.values())
                                .map(to -> Steps.allowed(from, to) ? "x" : ".")
                                .collect(Collectors.joining(" "))))
                .collect(Collectors.joining());
        assertThat(table).isEqualTo(TABLE);
    }

    @Test
    void every_state_can_end_in_gone_and_gone_is_the_end() {
        for (RunnerState state : EnumSet.complementOf(EnumSet.of(RunnerState.GONE))) {
            assertThat(Steps.leads(state, RunnerState.GONE)).as("%s", state).isTrue();
        }
        assertThat(Stream.of(RunnerState.values()).filter(state -> Steps.leads(RunnerState.GONE, state)))
                .isEmpty();
    }

    @Test
    void a_script_that_may_have_started_never_waits_again() {
        assertThat(Steps.leads(RunnerState.RUNNING, RunnerState.SSH_READY)).isFalse();
        assertThat(Steps.leads(RunnerState.ERROR, RunnerState.RUNNING)).isFalse();
        assertThat(Steps.leads(RunnerState.CREATING, RunnerState.RUNNING)).isTrue();
    }

    @Property
    void an_observer_who_misses_steps_sees_only_what_leads_on(
            @ForAll @Size(max = 30) java.util.List<@IntRange(max = 100) Integer> choices) {
        RunnerState seen = RunnerState.CREATING;
        RunnerState now = RunnerState.CREATING;
        for (int choice : choices) {
            Set<RunnerState> next = EnumSet.noneOf(RunnerState.class);
            next.addAll(Steps.after(now));
            if (next.isEmpty()) {
                return;
            }
            now = next.stream().toList().get(choice % next.size());
            assertThat(Steps.leads(seen, now)).as("%s to %s", seen, now).isTrue();
            if (choice % 3 == 0) {
                seen = now;
            }
        }
    }

    @Test
    void each_state_but_the_last_has_a_deadline_that_leads_on() {
        Deadlines deadlines = Deadlines.usual();
        for (RunnerState state : RunnerState.values()) {
            RunnerState then = Steps.whenOverdue(state);
            if (state == RunnerState.GONE) {
                assertThat(deadlines.of(state)).isEmpty();
                assertThat(then).isEqualTo(state);
            } else {
                assertThat(deadlines.of(state).orElseThrow()).isGreaterThan(Duration.ZERO);
                assertThat(Steps.allowed(state, then))
                        .as("%s to %s", state, then)
                        .isTrue();
            }
        }
    }

    @Test
    void a_guest_that_has_finished_takes_no_second_job() {
        assertThat(GuestState.FINISHED.after()).containsExactly(GuestState.OFFLINE);
        for (GuestState state : EnumSet.complementOf(EnumSet.of(GuestState.OFFLINE))) {
            assertThat(state.after()).contains(GuestState.OFFLINE);
        }
    }

    @Test
    void states_have_the_words_of_the_founding_document() {
        assertThat(Stream.of(RunnerState.values()).map(RunnerState::word))
                .containsExactly("creating", "booting", "ssh-ready", "running", "tearing-down", "gone", "error");
        assertThat(Stream.of(GuestState.values()).map(GuestState::word))
                .containsExactly("offline", "idle", "preparing", "running", "finished");
    }
}
