package dev.mayfly.queue.protocol;

import java.time.Duration;
import java.util.List;

/** How long a job waits after an attempt that failed; the last delay is used again and again. */
public record Backoff(List<Duration> delays) {
    public static final Backoff DEFAULT = new Backoff(
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(120)));

    public Backoff {
        delays = List.copyOf(delays);
        if (delays.isEmpty() || delays.stream().anyMatch(Duration::isNegative)) {
            throw new IllegalArgumentException("a backoff has at least one delay, none of them negative: " + delays);
        }
    }

    /** After this many attempts, at least one. */
    public Duration after(int attempts) {
        return delays.get(Math.clamp(attempts - 1L, 0, delays.size() - 1));
    }
}
