package dev.mayfly.queue.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The row of a job in the ledger. The only ways from one to the next are the methods here; the ledger takes a new one
 * only in the place of the one it was made from.
 *
 * @param version what the ledger compares; 0 as long as it was never stored
 * @param fence how often the job was ever claimed; each claim has its own number
 * @param attempts claims in this round
 * @param round how often it was put in line; more than 1 when it was reopened by hand
 * @param note why it waits or has ended, for people
 * @param owner present while it runs
 * @param cancelWanted somebody asked its owner to stop
 * @param answer present once it is final
 */
public record JobEntry(
        JobId id,
        long version,
        JobState state,
        long fence,
        int attempts,
        int round,
        Instant submittedAt,
        Instant changedAt,
        String summary,
        boolean repeatable,
        Duration longest,
        String note,
        Optional<Epoch> owner,
        boolean cancelWanted,
        Optional<Answer> answer) {
    public JobEntry {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(submittedAt, "submittedAt");
        Objects.requireNonNull(changedAt, "changedAt");
        Objects.requireNonNull(summary, "summary");
        Objects.requireNonNull(longest, "longest");
        Objects.requireNonNull(note, "note");
        if (owner.isPresent() != (state == JobState.RUNNING) || answer.isPresent() != state.isFinal()) {
            throw new IllegalArgumentException("a job that is " + state.word() + " with owner " + owner.isPresent()
                    + " and answer " + answer.isPresent());
        }
    }

    /** A job that nobody knew before. */
    public static JobEntry queued(Prepared job, Instant now) {
        return new JobEntry(
                job.id(),
                0,
                JobState.QUEUED,
                0,
                0,
                1,
                now,
                now,
                job.summary(),
                job.repeatable(),
                job.longest(),
                "",
                Optional.empty(),
                false,
                Optional.empty());
    }

    /** Taken by this worker; also from an owner whose life is over. */
    public JobEntry claimed(Epoch by, Instant now) {
        require(!state.isFinal(), "claimed");
        return next(
                JobState.RUNNING,
                fence + 1,
                attempts + 1,
                round,
                now,
                "",
                Optional.of(by),
                cancelWanted,
                Optional.empty());
    }

    /** Given back by its owner without an answer. */
    public JobEntry released(String why, Instant now) {
        require(state == JobState.RUNNING, "released");
        return next(
                JobState.QUEUED, fence, attempts, round, now, why, Optional.empty(), cancelWanted, Optional.empty());
    }

    /** Given back by its owner through no fault of the job: the attempt does not count. Its fence does. */
    public JobEntry givenBack(String why, Instant now) {
        require(state == JobState.RUNNING, "given back");
        return next(
                JobState.QUEUED,
                fence,
                Math.max(0, attempts - 1),
                round,
                now,
                why,
                Optional.empty(),
                cancelWanted,
                Optional.empty());
    }

    /** With the bound on a run that its new owner will enforce; who sent the job may have had another one. */
    public JobEntry bounded(Duration by) {
        require(state == JobState.RUNNING, "bounded");
        return new JobEntry(
                id,
                version,
                state,
                fence,
                attempts,
                round,
                submittedAt,
                changedAt,
                summary,
                repeatable,
                by,
                note,
                owner,
                cancelWanted,
                answer);
    }

    public JobEntry ended(JobState end, Answer given, Instant now) {
        require(!state.isFinal() && end.isFinal(), "ended as " + end.word());
        String why = given instanceof Answer.Failed failed ? failed.what() : "";
        return next(end, fence, attempts, round, now, why, Optional.empty(), false, Optional.of(given));
    }

    public JobEntry cancelWanted(Instant now) {
        require(state == JobState.RUNNING, "asked to stop");
        return next(state, fence, attempts, round, now, note, owner, true, answer);
    }

    /** Put in line once more because a person said so. */
    public JobEntry reopened(Instant now) {
        require(state.canReopen(), "reopened");
        return next(JobState.QUEUED, fence, 0, round + 1, now, "", Optional.empty(), false, Optional.empty());
    }

    public boolean isOwnedBy(Attempt attempt) {
        return owner.isPresent()
                && owner.get().id().equals(attempt.epoch())
                && fence == attempt.fence()
                && id.equals(attempt.job());
    }

    /** The same, as the ledger has it. */
    public JobEntry stored(long as) {
        return new JobEntry(
                id,
                as,
                state,
                fence,
                attempts,
                round,
                submittedAt,
                changedAt,
                summary,
                repeatable,
                longest,
                note,
                owner,
                cancelWanted,
                answer);
    }

    /** What a queue takes for the same message when it comes twice within its window. */
    public String messageId() {
        return round == 1 ? id.value() : id.value() + "." + round;
    }

    private JobEntry next(
            JobState to,
            long claims,
            int tries,
            int rounds,
            Instant now,
            String why,
            Optional<Epoch> by,
            boolean cancel,
            Optional<Answer> given) {
        return new JobEntry(
                id,
                version,
                to,
                claims,
                tries,
                rounds,
                submittedAt,
                now,
                summary,
                repeatable,
                longest,
                why,
                by,
                cancel,
                given);
    }

    private void require(boolean allowed, String what) {
        if (!allowed) {
            throw new IllegalStateException(id + " is " + state.word() + " and cannot be " + what);
        }
    }
}
