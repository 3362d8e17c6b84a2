package dev.mayfly.queue.fake;

import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;

/** Everything in memory, on a clock that is held. */
public final class MemoryEngine implements QueueEngine {
    private final MemoryLedger ledger = new MemoryLedger();
    private final MemoryAnswers answers = new MemoryAnswers();
    private final MemoryQueue queue;

    public MemoryEngine(FakeTime time, Duration ackWait, Duration window) {
        this.queue = new MemoryQueue(time, ackWait, window);
    }

    @Override
    public MemoryQueue queue() {
        return queue;
    }

    @Override
    public MemoryLedger ledger() {
        return ledger;
    }

    @Override
    public MemoryAnswers answers() {
        return answers;
    }

    @Override
    public void close() {
        queue.close();
    }
}
