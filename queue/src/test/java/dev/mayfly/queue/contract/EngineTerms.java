package dev.mayfly.queue.contract;

import java.time.Duration;

/**
 * What a test wants an engine to be set to.
 *
 * @param maxMessages that may be in line, waiting or out with workers; more are refused
 */
public record EngineTerms(Duration ackWait, Duration duplicateWindow, int maxMessages) {
    /** Nothing comes again and nothing is forgotten while a test runs. */
    public static final EngineTerms CALM = new EngineTerms(Duration.ofMinutes(2), Duration.ofMinutes(2), 100_000);

    public EngineTerms withAckWait(Duration time) {
        return new EngineTerms(time, duplicateWindow, maxMessages);
    }

    public EngineTerms withDuplicateWindow(Duration time) {
        return new EngineTerms(ackWait, time, maxMessages);
    }

    public EngineTerms withMaxMessages(int messages) {
        return new EngineTerms(ackWait, duplicateWindow, messages);
    }
}
