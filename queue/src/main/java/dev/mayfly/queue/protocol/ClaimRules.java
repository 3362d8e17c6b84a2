package dev.mayfly.queue.protocol;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Prepared;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who may run a job that a message asks for.
 *
 * <p>A delivery gives no right to run anything: queues deliver twice, and take acknowledgements from those who no longer
 * hold a message (nats-server issue 4786). Only a row of the ledger does, taken by compare and set.
 */
public final class ClaimRules {
    private final int maxAttempts;
    private final Duration askAgain;

    /**
     * @param maxAttempts claims in one round before a job is given up, at least 1
     * @param askAgain how long a message waits while somebody else has its job
     */
    public ClaimRules(int maxAttempts, Duration askAgain) {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("at least one attempt, not " + maxAttempts);
        }
        this.maxAttempts = maxAttempts;
        this.askAgain = askAgain;
    }

    /** What is known of the owner of a job. */
    public enum OwnerLife {
        LIVES_OR_UNKNOWN,
        OVER
    }

    /** What to do about a job that was just read; its owner's bound on a run is the one that counts from now on. */
    public Step step(Prepared job, Optional<JobEntry> known, Epoch me, OwnerLife owner, Instant now) {
        Step step = step(known.orElseGet(() -> JobEntry.queued(job, now)), me, owner, now);
        return step instanceof Step.Claim(JobEntry entry, Optional<Attempt> orphan)
                ? new Step.Claim(entry.bounded(job.longest()), orphan)
                : step;
    }

    /** What to do about a row of the ledger, whatever its request is. */
    public Step step(JobEntry entry, Epoch me, OwnerLife owner, Instant now) {
        return switch (entry.state()) {
            case DONE, DEAD, CANCELLED, INDETERMINATE ->
                new Step.Replay(entry.answer().orElseThrow());
            case QUEUED ->
                entry.cancelWanted()
                        ? new Step.End(entry.ended(JobState.CANCELLED, cancelled(), now), Optional.empty())
                        : claimOrGiveUp(entry, me, Optional.empty(), now);
            case RUNNING ->
                switch (owner) {
                    case LIVES_OR_UNKNOWN -> new Step.Later(askAgain, "another worker has it");
                    case OVER -> inherit(entry, me, now);
                };
        };
    }

    private Step inherit(JobEntry entry, Epoch me, Instant now) {
        Optional<Attempt> orphan = entry.owner().map(owner -> new Attempt(entry.id(), owner.id(), entry.fence()));
        if (entry.cancelWanted()) {
            return new Step.End(entry.ended(JobState.CANCELLED, cancelled(), now), orphan);
        }
        if (!entry.repeatable()) {
            return new Step.End(entry.ended(JobState.INDETERMINATE, indeterminate(), now), orphan);
        }
        return claimOrGiveUp(entry, me, orphan, now);
    }

    private Step claimOrGiveUp(JobEntry entry, Epoch me, Optional<Attempt> orphan, Instant now) {
        if (entry.attempts() < maxAttempts) {
            return new Step.Claim(entry.claimed(me, now), orphan);
        }
        String last = orphan.isPresent() ? "its worker died" : entry.note();
        return new Step.End(entry.ended(JobState.DEAD, dead(entry.attempts(), last), now), orphan);
    }

    /** What the owner makes of a job when an attempt ended. */
    public JobEntry after(JobEntry entry, Ending ending, Instant now) {
        return switch (ending) {
            case Ending.Answered(Answer answer) -> entry.ended(JobState.DONE, answer, now);
            case Ending.Interrupted(boolean begun) -> {
                if (entry.cancelWanted()) {
                    yield entry.ended(JobState.CANCELLED, cancelled(), now);
                }
                yield entry.repeatable() || !begun
                        ? entry.givenBack("its worker was stopped", now)
                        : entry.ended(JobState.INDETERMINATE, indeterminate(), now);
            }
            case Ending.Failed(MayflyException failure, boolean begun) -> {
                if (Blame.isTheJobs(failure.code())) {
                    yield entry.ended(JobState.DONE, Answer.Failed.of(failure), now);
                }
                if (entry.cancelWanted()) {
                    yield entry.ended(JobState.CANCELLED, cancelled(), now);
                }
                yield entry.repeatable() || !begun || Blame.isBeforeTheStart(failure.code())
                        ? afterFailure(entry, failure.what() + ": " + failure.why(), now)
                        : entry.ended(JobState.INDETERMINATE, indeterminate(), now);
            }
        };
    }

    private JobEntry afterFailure(JobEntry entry, String why, Instant now) {
        return entry.attempts() < maxAttempts
                ? entry.released(why, now)
                : entry.ended(JobState.DEAD, dead(entry.attempts(), why), now);
    }

    public static Answer cancelled() {
        return Answer.Failed.of(
                ErrorCode.JOB_CANCELLED,
                "the job was cancelled",
                "somebody asked for it",
                "submit it again if it should run after all");
    }

    public static Answer indeterminate() {
        return Answer.Failed.of(
                ErrorCode.JOB_INDETERMINATE,
                "nobody knows whether the job came to its end",
                "its worker died while it ran, and it may have had effects outside its box, so it was not run again",
                "look at what it may have done; mayfly job dlq ls and mayfly job dlq requeue run it once more");
    }

    private static Answer dead(int attempts, String last) {
        return Answer.Failed.of(
                ErrorCode.JOB_DEAD,
                "the job was given up after " + attempts + (attempts == 1 ? " attempt" : " attempts"),
                last.isEmpty() ? "no attempt came to an end" : last,
                "mayfly job dlq ls shows it; mayfly job dlq requeue puts it in line again");
    }
}
