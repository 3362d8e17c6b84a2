package dev.mayfly.queue.port;

import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Messages that are each delivered at least once. Safe for concurrent use.
 *
 * <p>A delivery that is neither acknowledged nor extended within the ack wait comes again, to anybody. Order is that of
 * publishing, but for what comes again. Failures are {@code MayflyException}s with the codes {@code QUEUE_UNREACHABLE},
 * {@code STATE_UNAVAILABLE} or {@code QUEUE_FULL}; nothing is lost by them.
 */
public interface WorkQueue extends AutoCloseable {
    /**
     * Puts a message in line. It is kept when this returns.
     *
     * @return false when a message with this id came within the duplicate window, and this one was dropped
     */
    boolean publish(Message message);

    /** The next message, waited for no longer than this. Each caller holds one message at a time. */
    Optional<Delivery> next(Duration wait) throws InterruptedException;

    /** Keeps a copy of a delivered message as a dead letter, and only then takes the message out of line. */
    void bury(Delivery delivery, Optional<JobId> job, String reason);

    /** The newest dead letters, newest first. */
    List<DeadLetter> deadLetters(int most);

    Optional<DeadLetter> deadLetter(long number);

    /** Forgets a dead letter; nothing happens when it is not there. */
    void forget(long number);

    Depth depth();

    /** How many messages wait, are out with workers, and are dead letters. */
    record Depth(long waiting, long out, long dead) {}

    /** Waiting {@link #next} calls end empty. */
    @Override
    void close();
}
