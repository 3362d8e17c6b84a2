package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.endpoint.TokenBucket;

/** What a host may send, shared by its cards. Safe for concurrent use. */
final class SharedBudget {
    /** A tenth of a second's worth in a row: more would be a burst that a link notices. */
    private static final double IN_A_ROW = 0.1;

    private TokenBucket bucket;

    SharedBudget(double perSecond, long now) {
        bucket = bucket(perSecond, now);
    }

    private static TokenBucket bucket(double perSecond, long now) {
        return new TokenBucket(perSecond, Math.max(1, perSecond * IN_A_ROW), now);
    }

    synchronized boolean take(long now) {
        return bucket.take(now);
    }

    synchronized void limit(double perSecond, long now) {
        bucket = bucket(perSecond, now);
    }
}
