package dev.mayfly.queue.port;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One message in the hands of one worker. */
public interface Delivery {
    Message message();

    /** Names the message, not the delivery, in its queue. */
    long number();

    /** How often the queue says it was delivered, this time included. May start again at 1 after a crash of a server. */
    int count();

    Instant publishedAt();

    /**
     * The job's entry, where the queue has it at hand without asking: queued, as it stood when the message was delivered
     * or even when it was published. It may have changed since; whoever claims by it is told so by the ledger.
     */
    default Optional<JobEntry> queued() {
        return Optional.empty();
    }

    /**
     * Takes the message out of line and waits until that is kept, also if this process dies then. Whether it survives a
     * power cut is the engine's affair: the ledger answers a message that comes again.
     *
     * @return false when the queue did not confirm it; then the message may come again
     */
    boolean ack();

    /** Lets the message come again after this time. */
    void retry(Duration delay);

    /** Starts the ack wait again. Does nothing when the queue cannot be reached: the message may then come again. */
    void extend();
}
