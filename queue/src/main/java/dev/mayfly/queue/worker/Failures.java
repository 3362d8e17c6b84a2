package dev.mayfly.queue.worker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each message made us fail in a way that we do not know. Not the count of its deliveries, which also grows
 * while somebody else has its job. Safe for concurrent use; the oldest are forgotten, which only gives them more tries.
 */
final class Failures {
    private static final int MOST = 1_000;

    private final Map<Long, Integer> counts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
            return size() > MOST;
        }
    };

    /** Counts one more, and returns how many there are now. */
    synchronized int count(long message) {
        return counts.merge(message, 1, Integer::sum);
    }

    synchronized void forget(long message) {
        counts.remove(message);
    }
}
