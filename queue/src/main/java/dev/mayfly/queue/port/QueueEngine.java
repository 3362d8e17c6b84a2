package dev.mayfly.queue.port;

import dev.mayfly.queue.api.Message;
import java.util.function.Consumer;

/** The three parts that belong together because they share one state. */
public interface QueueEngine extends AutoCloseable {
    WorkQueue queue();

    JobLedger ledger();

    Answers answers();

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
