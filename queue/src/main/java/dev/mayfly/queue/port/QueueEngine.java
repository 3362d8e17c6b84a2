package dev.mayfly.queue.port;

/** The three parts that belong together because they share one state. */
public interface QueueEngine extends AutoCloseable {
    WorkQueue queue();

    JobLedger ledger();

    Answers answers();

    /** Closes the parts. Bounded in time; whoever waits returns. */
    @Override
    void close();
}
