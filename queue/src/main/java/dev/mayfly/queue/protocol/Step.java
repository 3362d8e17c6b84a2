package dev.mayfly.queue.protocol;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobEntry;
import java.time.Duration;
import java.util.Optional;

/** What a worker does with a message that it has in hands. */
public sealed interface Step {
    /**
     * Store the entry; if that succeeds, the job is ours.
     *
     * @param orphan the attempt of an owner whose life is over: it may have kept an answer
     */
    record Claim(JobEntry entry, Optional<Attempt> orphan) implements Step {}

    /** The job has its answer: tell it again and acknowledge the message. */
    record Replay(Answer answer) implements Step {}

    /** Somebody else has it, or may still have it: let the message come again. */
    record Later(Duration delay, String why) implements Step {}

    /**
     * Store the entry, which is final, without running the job.
     *
     * @param orphan as for a claim: asked first, where it can be
     */
    record End(JobEntry entry, Optional<Attempt> orphan) implements Step {}
}
