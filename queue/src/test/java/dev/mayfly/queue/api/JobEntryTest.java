package dev.mayfly.queue.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class JobEntryTest {
    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant NOW = THEN.plusSeconds(60);
    private static final JobId ID = new JobId("r_" + "0".repeat(64));
    private static final Epoch OWNER = new Epoch("e1", "home", "1");
    private static final Answer ANSWER = new Answer.Graded("green", 0, "{}");
    private static final Set<JobState> OPEN = EnumSet.of(JobState.QUEUED, JobState.RUNNING);

    /** Each method, and the states in which it is allowed. */
    private static final Map<String, Set<JobState>> ALLOWED = Map.of(
            "claimed", OPEN,
            "released", EnumSet.of(JobState.RUNNING),
            "given back", EnumSet.of(JobState.RUNNING),
            "bounded", EnumSet.of(JobState.RUNNING),
            "ended", OPEN,
            "asked to stop", EnumSet.of(JobState.RUNNING),
            "reopened", EnumSet.of(JobState.DEAD, JobState.CANCELLED, JobState.INDETERMINATE));

    private static final Map<String, UnaryOperator<JobEntry>> METHODS = Map.of(
            "claimed", entry -> entry.claimed(OWNER, NOW),
            "released", entry -> entry.released("why", NOW),
            "given back", entry -> entry.givenBack("why", NOW),
            "bounded", entry -> entry.bounded(Duration.ofSeconds(1)),
            "ended", entry -> entry.ended(JobState.DONE, ANSWER, NOW),
            "asked to stop", entry -> entry.cancelWanted(NOW),
            "reopened", entry -> entry.reopened(NOW));

    private static JobEntry in(JobState state) {
        JobEntry queued = JobEntry.queued(new Prepared(ID, true, Duration.ofSeconds(9), "echo"), THEN);
        return switch (state) {
            case QUEUED -> queued;
            case RUNNING -> queued.claimed(OWNER, THEN);
            default -> queued.claimed(OWNER, THEN).ended(state, ANSWER, THEN);
        };
    }

    @ParameterizedTest
    @EnumSource(JobState.class)
    void each_method_works_in_the_states_of_the_table_and_in_no_other(JobState state) {
        METHODS.forEach((name, method) -> {
            if (ALLOWED.get(name).contains(state)) {
                assertThat(method.apply(in(state)).id()).as(name).isEqualTo(ID);
            } else {
                assertThatThrownBy(() -> method.apply(in(state)))
                        .as(name + " in " + state)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(state.word());
            }
        });
    }

    @Test
    void an_end_that_is_none_is_refused() {
        for (JobState state : OPEN) {
            assertThatThrownBy(() -> in(JobState.RUNNING).ended(state, ANSWER, NOW))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void an_owner_without_running_and_an_answer_before_the_end_are_refused() {
        JobEntry row = in(JobState.QUEUED);
        assertThatThrownBy(() -> new JobEntry(
                        ID,
                        0,
                        JobState.QUEUED,
                        0,
                        0,
                        1,
                        THEN,
                        THEN,
                        "",
                        true,
                        row.longest(),
                        "",
                        Optional.of(OWNER),
                        false,
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobEntry(
                        ID,
                        0,
                        JobState.QUEUED,
                        0,
                        0,
                        1,
                        THEN,
                        THEN,
                        "",
                        true,
                        row.longest(),
                        "",
                        Optional.empty(),
                        false,
                        Optional.of(ANSWER)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new JobEntry(
                        ID,
                        0,
                        JobState.DONE,
                        0,
                        0,
                        1,
                        THEN,
                        THEN,
                        "",
                        true,
                        row.longest(),
                        "",
                        Optional.empty(),
                        false,
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_claim_has_its_own_fence_and_nothing_else_changes_it() {
        JobEntry first = in(JobState.RUNNING);
        assertThat(first.fence()).isEqualTo(1);
        JobEntry second = first.released("failed", NOW).claimed(OWNER, NOW);
        assertThat(second.fence()).isEqualTo(2);
        assertThat(second.attempts()).isEqualTo(2);
        JobEntry inherited = second.claimed(new Epoch("e2", "home", "2"), NOW);
        assertThat(inherited.fence()).isEqualTo(3);
        JobEntry again = inherited.ended(JobState.DEAD, ANSWER, NOW).reopened(NOW);
        assertThat(again.fence()).isEqualTo(3);
        assertThat(again.claimed(OWNER, NOW).fence()).isEqualTo(4);
    }

    @Test
    void being_given_back_does_not_count_as_an_attempt_but_keeps_the_fence() {
        JobEntry back = in(JobState.RUNNING).givenBack("its worker was stopped", NOW);
        assertThat(back.attempts()).isZero();
        assertThat(back.fence()).isEqualTo(1);
        assertThat(back.note()).isEqualTo("its worker was stopped");
        assertThat(back.owner()).isEmpty();
    }

    @Test
    void reopening_begins_a_round_with_a_message_id_that_no_window_has_seen() {
        JobEntry dead = in(JobState.DEAD);
        assertThat(dead.messageId()).isEqualTo(ID.value());
        JobEntry again = dead.reopened(NOW);
        assertThat(again.messageId()).isEqualTo(ID.value() + ".2");
        assertThat(again.attempts()).isZero();
        assertThat(again.answer()).isEmpty();
        assertThat(again.submittedAt()).isEqualTo(THEN);
        assertThat(again.changedAt()).isEqualTo(NOW);
    }

    @Test
    void only_the_attempt_with_the_same_fence_and_epoch_owns_it() {
        JobEntry row = in(JobState.RUNNING);
        assertThat(row.isOwnedBy(new Attempt(ID, "e1", 1))).isTrue();
        assertThat(row.isOwnedBy(new Attempt(ID, "e1", 2))).isFalse();
        assertThat(row.isOwnedBy(new Attempt(ID, "e2", 1))).isFalse();
        assertThat(row.isOwnedBy(new Attempt(new JobId("r_" + "1".repeat(64)), "e1", 1)))
                .isFalse();
        assertThat(in(JobState.DONE).isOwnedBy(new Attempt(ID, "e1", 1))).isFalse();
    }

    @Test
    void a_wish_to_cancel_survives_being_released_and_ends_with_the_job() {
        JobEntry asked = in(JobState.RUNNING).cancelWanted(NOW);
        assertThat(asked.released("failed", NOW).cancelWanted()).isTrue();
        assertThat(asked.ended(JobState.DONE, ANSWER, NOW).cancelWanted()).isFalse();
    }
}
