package dev.mayfly.queue.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.protocol.ClaimRules.OwnerLife;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ClaimRulesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final JobId ID = new JobId("r_" + "0".repeat(64));
    private static final Epoch ME = new Epoch("me", "home", "1");
    private static final Epoch OTHER = new Epoch("other", "elsewhere", "2");
    private static final Answer ANSWER = new Answer.Graded("green", 0, "{}");
    private static final int MOST = 3;

    private final ClaimRules rules = new ClaimRules(MOST, Duration.ofSeconds(1));

    private static Prepared job(boolean repeatable) {
        return new Prepared(ID, repeatable, Duration.ofSeconds(9), "echo");
    }

    private static JobEntry running(boolean repeatable, boolean cancelWanted, int attempts) {
        JobEntry row = JobEntry.queued(job(repeatable), NOW).claimed(OTHER, NOW);
        while (row.attempts() < attempts) {
            row = row.claimed(OTHER, NOW);
        }
        return cancelWanted ? row.cancelWanted(NOW) : row;
    }

    private static Ending.Failed failed(ErrorCode code, boolean begun) {
        return new Ending.Failed(new MayflyException(code, "no", "because", "fix"), begun);
    }

    @Test
    void a_job_that_nobody_knows_is_claimed() {
        Step step = rules.step(job(true), Optional.empty(), ME, OwnerLife.LIVES_OR_UNKNOWN, NOW);
        assertThat(step).isInstanceOfSatisfying(Step.Claim.class, claim -> {
            assertThat(claim.entry().version()).isZero();
            assertThat(claim.entry().fence()).isEqualTo(1);
            assertThat(claim.entry().owner()).contains(ME);
            assertThat(claim.orphan()).isEmpty();
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = JobState.class,
            names = {"DONE", "DEAD", "CANCELLED", "INDETERMINATE"})
    void what_has_its_answer_is_told_again_whoever_lives(JobState state) {
        JobEntry row = running(false, false, MOST).ended(state, ANSWER, NOW);
        for (OwnerLife life : OwnerLife.values()) {
            assertThat(rules.step(job(false), Optional.of(row), ME, life, NOW)).isEqualTo(new Step.Replay(ANSWER));
        }
    }

    @ParameterizedTest
    @CsvSource({"true,false,1", "false,false,1", "true,true,1", "false,true,1", "true,false,3", "false,false,3"})
    void nothing_is_taken_from_an_owner_that_may_live(boolean repeatable, boolean cancelWanted, int attempts) {
        JobEntry row = running(repeatable, cancelWanted, attempts);
        assertThat(rules.step(job(repeatable), Optional.of(row), ME, OwnerLife.LIVES_OR_UNKNOWN, NOW))
                .isInstanceOfSatisfying(
                        Step.Later.class, later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "true,false,1,RUNNING",
        "true,false,2,RUNNING",
        "true,false,3,DEAD",
        "true,true,1,CANCELLED",
        "true,true,3,CANCELLED",
        "false,false,1,INDETERMINATE",
        "false,false,3,INDETERMINATE",
        "false,true,1,CANCELLED",
    })
    void the_job_of_an_owner_that_is_gone_is_inherited_as_its_kind_demands(
            boolean repeatable, boolean cancelWanted, int attempts, JobState becomes) {
        JobEntry row = running(repeatable, cancelWanted, attempts);
        Step step = rules.step(job(repeatable), Optional.of(row), ME, OwnerLife.OVER, NOW);
        Optional<Attempt> orphan = Optional.of(new Attempt(ID, "other", row.fence()));
        switch (step) {
            case Step.Claim claim -> {
                assertThat(becomes).isEqualTo(JobState.RUNNING);
                assertThat(claim.entry().fence()).isEqualTo(row.fence() + 1);
                assertThat(claim.orphan()).isEqualTo(orphan);
            }
            case Step.End end -> {
                assertThat(end.entry().state()).isEqualTo(becomes);
                assertThat(end.orphan()).isEqualTo(orphan);
            }
            default -> throw new AssertionError(step);
        }
    }

    @Test
    void a_job_in_line_is_given_up_when_its_attempts_are_used_up_with_the_last_reason() {
        JobEntry row = running(true, false, MOST).released("no luck", NOW);
        assertThat(rules.step(job(true), Optional.of(row), ME, OwnerLife.LIVES_OR_UNKNOWN, NOW))
                .isInstanceOfSatisfying(Step.End.class, end -> {
                    assertThat(end.entry().state()).isEqualTo(JobState.DEAD);
                    assertThat(end.entry().answer())
                            .containsInstanceOf(Answer.Failed.class)
                            .hasValueSatisfying(answer ->
                                    assertThat(((Answer.Failed) answer).why()).isEqualTo("no luck"));
                });
    }

    @Test
    void a_job_that_came_back_in_line_with_a_wish_to_cancel_does_not_run() {
        JobEntry row = running(true, true, 1).released("failed", NOW);
        assertThat(rules.step(job(true), Optional.of(row), ME, OwnerLife.LIVES_OR_UNKNOWN, NOW))
                .isInstanceOfSatisfying(
                        Step.End.class, end -> assertThat(end.entry().state()).isEqualTo(JobState.CANCELLED));
    }

    @Test
    void the_bound_on_a_run_is_the_claimers_and_not_the_senders() {
        JobEntry sent = JobEntry.queued(new Prepared(ID, true, Duration.ofSeconds(1), "echo"), NOW);
        assertThat(rules.step(job(true), Optional.of(sent), ME, OwnerLife.LIVES_OR_UNKNOWN, NOW))
                .isInstanceOfSatisfying(
                        Step.Claim.class,
                        claim -> assertThat(claim.entry().longest()).isEqualTo(Duration.ofSeconds(9)));
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void an_answer_counts_more_than_a_wish_to_cancel(boolean repeatable, boolean cancelWanted) {
        JobEntry end = rules.after(running(repeatable, cancelWanted, 1), new Ending.Answered(ANSWER), NOW);
        assertThat(end.state()).isEqualTo(JobState.DONE);
        assertThat(end.answer()).contains(ANSWER);
    }

    @ParameterizedTest
    @CsvSource({
        "true,false,true,QUEUED",
        "true,false,false,QUEUED",
        "false,false,true,INDETERMINATE",
        "false,false,false,QUEUED",
        "true,true,true,CANCELLED",
        "false,true,true,CANCELLED",
    })
    void an_interrupted_run_ends_as_its_kind_demands(
            boolean repeatable, boolean cancelWanted, boolean begun, JobState becomes) {
        JobEntry after = rules.after(running(repeatable, cancelWanted, MOST), new Ending.Interrupted(begun), NOW);
        assertThat(after.state()).isEqualTo(becomes);
        if (becomes == JobState.QUEUED) {
            assertThat(after.attempts()).isEqualTo(MOST - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "REQUEST_INVALID,true,false,true,1,DONE",
        "POLICY_REFUSES,false,false,true,1,DONE",
        "POLICY_REFUSES,false,true,true,1,DONE",
        "LAUNCHER_DIED,true,false,true,1,QUEUED",
        "LAUNCHER_DIED,true,false,true,3,DEAD",
        "LAUNCHER_DIED,true,true,true,3,CANCELLED",
        "LAUNCHER_DIED,false,false,true,1,INDETERMINATE",
        "LAUNCHER_DIED,false,false,false,1,QUEUED",
        "SANDBOX_SETUP,false,false,true,1,QUEUED",
        "SANDBOX_SETUP,false,false,true,3,DEAD",
        "STATE_UNAVAILABLE,false,false,true,1,INDETERMINATE",
        "STATE_CORRUPT,true,false,true,1,QUEUED",
        "POLICY_MISSING,true,false,true,1,QUEUED",
        "LAYER_MISSING,false,false,true,1,QUEUED",
        "INTERNAL,true,false,true,1,QUEUED",
        "INTERNAL,false,false,true,1,INDETERMINATE",
    })
    void a_failed_run_is_final_only_when_the_job_is_to_blame(
            ErrorCode code, boolean repeatable, boolean cancelWanted, boolean begun, int attempts, JobState becomes) {
        JobEntry after = rules.after(running(repeatable, cancelWanted, attempts), failed(code, begun), NOW);
        assertThat(after.state()).isEqualTo(becomes);
        assertThat(after.fence()).isEqualTo(attempts);
    }
}
