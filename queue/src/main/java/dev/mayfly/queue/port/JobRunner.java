package dev.mayfly.queue.port;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Prepared;
import java.util.Optional;

/** What a job is and how it runs. Safe for concurrent use. */
public interface JobRunner {
    /**
     * Reads and names a request; runs nothing.
     *
     * @throws MayflyException when it is malformed or its policy cannot be read
     */
    Prepared prepare(byte[] request);

    /**
     * Runs it to its answer, which is on disk when this returns, marked with the attempt. An interrupt ends the run.
     * However this ends, nothing of the job runs afterwards. Also when this process stands still, nothing of the job
     * begins or runs once {@link Prepared#longest} has passed since the call.
     *
     * @throws MayflyException when there is none; its code says whether another try makes sense
     */
    Answer run(byte[] request, Attempt attempt) throws InterruptedException;

    /**
     * Whether a job could run and its answer be kept now: disk, sandbox, and the policy that holds when a request names
     * none. Asked before each run, so it must be quick.
     *
     * @throws MayflyException when not; no job is to blame for it
     */
    void requireReady();

    /** The answer that this or an earlier life in this home kept of an attempt before it could say so in the ledger. */
    Optional<Answer> recall(Attempt attempt);
}
