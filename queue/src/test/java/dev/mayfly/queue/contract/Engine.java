package dev.mayfly.queue.contract;

import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.WorkQueue;

/** The three ports of an engine, opened together. */
public interface Engine extends AutoCloseable {
    WorkQueue queue();

    JobLedger ledger();

    Answers answers();

    /** Closes all three and what they stand on; again does nothing. */
    @Override
    void close();
}
