package dev.mayfly.queue.embedded;

import java.time.Duration;

/**
 * How the queue behaves. Processes that share a store should agree on them.
 *
 * @param ackWait how long a message stays with whoever took it, unless extended
 * @param duplicateWindow how long an id is remembered
 * @param maxMessages that may be in line, waiting or out with workers; more are refused
 */
public record EmbeddedSettings(Duration ackWait, Duration duplicateWindow, long maxMessages) {
    public static final EmbeddedSettings DEFAULT =
            new EmbeddedSettings(Duration.ofSeconds(30), Duration.ofSeconds(120), 100_000);

    public EmbeddedSettings {
        if (!ackWait.isPositive() || duplicateWindow.isNegative() || maxMessages < 1) {
            throw new IllegalArgumentException("the ack wait must be positive, the duplicate window not negative, and"
                    + " at least one message be taken: " + ackWait + ", " + duplicateWindow + ", " + maxMessages);
        }
    }
}
