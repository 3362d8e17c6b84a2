package dev.mayfly.queue.protocol;

import dev.mayfly.base.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Tells by looking, not by clocks, whether an owner has stopped: its beat has not changed for so long, on the looker's
 * own ticker, that nothing it began can still run. Clocks of two machines are never compared. Not safe for concurrent
 * use.
 *
 * <p>Why that is enough: an owner begins nothing later than {@code lease} after its last beat, and no run takes longer
 * than {@code longest}, which the sandbox's launcher enforces even when the worker itself stands still.
 */
public final class Watch {
    private static final int MAX_WATCHED = 10_000;

    private record Seen(OptionalLong beat, long since) {}

    private final Ticker ticker;
    private final Duration lease;
    private final Map<String, Seen> seen = new HashMap<>();

    public Watch(Ticker ticker, Duration lease) {
        this.ticker = ticker;
        this.lease = lease;
    }

    /** To be asked again and again; the first answer about an epoch is always no. */
    public boolean hasStopped(String epoch, OptionalLong beat, Duration longest) {
        long now = ticker.nanos();
        Seen before = seen.get(epoch);
        if (before == null || !before.beat().equals(beat)) {
            if (seen.size() >= MAX_WATCHED) {
                // Starting to look anew delays, and never decides wrongly.
                seen.clear();
            }
            seen.put(epoch, new Seen(beat, now));
            return false;
        }
        return now - before.since() >= lease.plus(longest).toNanos();
    }
}
