package dev.mayfly.mesh.endpoint;

/** So many in a row, and so many in a second. Belongs to one thread. */
public final class TokenBucket {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final double most;
    private double tokens;
    private long filledNanos;

    public TokenBucket(double perSecond, double most, long nowNanos) {
        this.perSecond = perSecond;
        this.most = most;
        this.tokens = most;
        this.filledNanos = nowNanos;
    }

    public boolean take(long nowNanos) {
        tokens = Math.min(most, tokens + (nowNanos - filledNanos) / NANOS * perSecond);
        filledNanos = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
