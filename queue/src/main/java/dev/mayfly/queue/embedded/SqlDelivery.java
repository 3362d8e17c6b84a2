package dev.mayfly.queue.embedded;

import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.port.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** @param holder names this delivery in the store: who has an old one cannot touch what another one holds */
record SqlDelivery(
        Leases leases,
        String holder,
        Message message,
        long number,
        int count,
        Instant publishedAt,
        Optional<JobEntry> queued)
        implements Delivery {
    @Override
    public boolean ack() {
        return leases.ack(number, holder);
    }

    @Override
    public void retry(Duration delay) {
        leases.retry(number, holder, delay);
    }

    @Override
    public void extend() {
        leases.extend(number, holder);
    }
}
