package dev.mayfly.base.local;

/** Bounds of the local service: connections at once, bytes of one call with its body, bytes of one reply. */
public record LocalLimits(int maxConnections, int maxCallBytes, int maxReplyBytes) {
    public static final LocalLimits DEFAULT = new LocalLimits(512, 32 << 20, 64 << 20);

    public LocalLimits {
        if (maxConnections < 1 || maxCallBytes < 1024 || maxReplyBytes < 1024) {
            throw new IllegalArgumentException("limits too small to work with");
        }
    }
}
