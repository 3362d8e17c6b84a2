package dev.mayfly.queue.worker;

import dev.mayfly.queue.protocol.Backoff;
import java.time.Duration;

/**
 * How a worker serves.
 *
 * @param slots jobs at once
 * @param maxAttempts claims of one job before it is given up
 * @param ackWait as the queue was told; deliveries are extended every third of it
 * @param lease how long after its last beat a worker may still begin something
 * @param askAgain how long a message waits whose job somebody else has
 * @param replay whether duplicates are answered; the replaced system let them time out
 */
public record WorkerSettings(
        int slots,
        int maxAttempts,
        Backoff backoff,
        Duration ackWait,
        Duration lease,
        Duration askAgain,
        boolean replay) {
    public static final int DEFAULT_ATTEMPTS = 5;

    public WorkerSettings {
        if (slots < 1 || maxAttempts < 1) {
            throw new IllegalArgumentException("a worker has at least one slot and makes at least one attempt");
        }
        if (!ackWait.isPositive() || !lease.isPositive() || askAgain.isNegative()) {
            throw new IllegalArgumentException("ack wait and lease must be longer than nothing");
        }
    }

    public static WorkerSettings of(int slots) {
        return new WorkerSettings(
                slots,
                DEFAULT_ATTEMPTS,
                Backoff.DEFAULT,
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(1),
                true);
    }
}
