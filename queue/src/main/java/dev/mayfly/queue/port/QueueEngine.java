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
     * Stores the end of a job. An engine that keeps entries and messages together, and in which a stored answer needs no
     * word to reach whoever waits for it, takes the message out of line with it: both or neither. A message that somebody
     * else holds by now stays in line.
     *
     * @param last final, and without a letter to leave
     * @param delivery the message that brought the job
     * @return empty when somebody else was first, and then the message is still in line
     * @throws dev.mayfly.base.error.MayflyException as {@link JobLedger#store} does
     */
    default Optional<Ended> end(JobEntry last, Delivery delivery) {
        return ledger().store(last).map(stored -> new Ended(stored, false));
    }

    /**
     * @param entry with its new version
     * @param acknowledged whether the message left the line with it; else that is still to be done
     */
    record Ended(JobEntry entry, boolean acknowledged) {}

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
