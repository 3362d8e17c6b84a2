package dev.mayfly.queue.port;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import java.util.Optional;
import java.util.function.Consumer;

/** The three parts that belong together because they share one state. */
public interface QueueEngine extends AutoCloseable {
    WorkQueue queue();

    JobLedger ledger();

    Answers answers();

    /**
     * Stores an entry that is queued and puts its message in line. Both are kept when this returns. One after the other,
     * where the engine has no better way: then a job may be left that has no message, until it is sent again.
     *
     * @return the stored entry; empty when somebody else was first, and then nothing was put in line
     */
    default Optional<JobEntry> enqueue(JobEntry entry, Message message) {
        Optional<JobEntry> stored = ledger().store(entry);
        if (stored.isPresent()) {
            queue().publish(message);
        }
        return stored;
    }

    /**
     * Begins to hand over messages as they are published, also duplicates, which {@link WorkQueue#next} never gives. A
     * courtesy: some may be left out, and an engine whose publishers all look into the ledger leaves out all.
     *
     * @param hook called by several threads at once
     */
    default Overhearing overhear(Consumer<Message> hook) {
        return Overhearing.NOTHING;
    }

    /** Ends with {@link #close}. */
    interface Overhearing extends AutoCloseable {
        Overhearing NOTHING = () -> {};

        @Override
        void close();
    }

    /** Closes the parts. Bounded in time; whoever waits returns. */
    @Override
    void close();
}
